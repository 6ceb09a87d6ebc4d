# ruff: noqa: E501  # a question a line reads better
"""What people ask in it, and what they are answered. Pages are named by their ids in the sample content."""

from dataclasses import dataclass

from kb.library.terms import Topic
from kb.support.tables import FeedbackKind, FeedbackStatus


@dataclass(frozen=True, slots=True)
class Question:
    """`pages` answer it; `order` is what a refund or a cancellation is about."""

    topic: Topic
    subject: str
    body: str
    pages: tuple[str, ...] = ()
    order: str | None = None


def _ask(topic: Topic, subject: str, body: str, *slugs: str, order: str | None = None) -> Question:
    return Question(topic, subject, body, tuple(f"article:{slug}" for slug in slugs), order)


QUESTIONS = (
    _ask(Topic.PAYMENTS, "Payout of Friday has not reached my bank", "The report says *paid*, my bank says no. It is ₹48,200 and I have to pay my supplier tomorrow.", "when-payouts-arrive", "payout-failed"),
    _ask(Topic.PRODUCTS_AND_STORE, "Collection on the home page shows the wrong products", "I made a collection for Diwali. The home page shows last year's lamps in it.", "collection-not-showing-product", "automatic-collections"),
    _ask(Topic.ACCOUNT, "No OTP since this morning", "I try to sign in and the OTP never comes. I tried three times.", "sign-in-problems", "account-locked"),
    _ask(Topic.INTEGRATIONS, "Webhook for new orders stopped", "Our warehouse gets no orders from you since the update. The endpoint answers 200.", "webhooks"),
    _ask(Topic.APP_ERROR, "Error E-204 when I save a product", "Every time I press save: *E-204*. Photos are small, I am on Android.", "error-codes", "changes-not-saved"),
    _ask(Topic.REFUND, "Charged twice for the Startup plan", "There are two charges on the 3rd. Please send one back.", "pay-subscription", "gst-invoices", order="INV-20931"),
    _ask(Topic.PRODUCTS_AND_STORE, "CSV import drops the HSN codes", "412 products, and the HSN column is empty after the import.", "import-products-csv", "gst-and-hsn-on-products"),
    _ask(Topic.PAYMENTS, "UPI payments stay pending at checkout", "Nine customers called since noon. Cards work, UPI stays at *pending*.", "why-is-my-payment-pending", "accept-upi"),
    _ask(Topic.ACCOUNT, "Moving the store to my sister", "She takes the shop over from January. What has to be signed?", "transfer-store-ownership"),
    _ask(Topic.CANCELLATION, "Cancel the plan before it renews", "The shop closes for the winter. Please do not renew on the 28th.", "cancel-subscription", order="SUB-7710"),
    _ask(Topic.INTEGRATIONS, "Shiprocket makes no labels for COD orders", "Prepaid orders get a label, COD orders get *pincode not served*.", "shiprocket-delhivery", "cash-on-delivery"),
    _ask(Topic.SERVICE_OUTAGE, "Checkout is down in all my shops", "All three storefronts show an error after *Place order*. It is the last day of the sale!", "checkout-errors", "report-outage"),
    _ask(Topic.PRODUCTS_AND_STORE, "Domain shows a certificate warning", "www works, without www the browser warns of the certificate.", "ssl-certificate", "dns-records"),
    _ask(Topic.APP_ERROR, "App closes when I open orders", "Since the update of Tuesday. Redmi Note 12.", "app-crashes-on-phone"),
    _ask(Topic.PAYMENTS, "KYC rejected, but the PAN is right", "It says *name does not match*. The name is the same on both.", "kyc-rejected", "complete-kyc"),
    _ask(Topic.OTHER, "Can I visit your office in Roorkee?", "I would like to talk about selling handlooms of our women's group.", "first-week-with-your-store"),
    _ask(Topic.PRODUCTS_AND_STORE, "Photos look stretched on phones", "Portrait photos of sarees are pulled wide on the product page.", "product-images", "take-better-product-photos"),
    _ask(Topic.PRIVACY, "A copy of all data that you have of me", "Please send me what is stored about me and my staff.", "close-account"),
    _ask(Topic.REFUND, "Customer returned half of an order", "How do I refund two of four pieces, and who pays the courier?", "refund-order", "returns-from-customers", order="1043"),
    _ask(Topic.ACCOUNT, "Staff user sees the payouts", "My new packer should see orders alone. She can open payouts.", "add-staff-users"),
    _ask(Topic.INTEGRATIONS, "Tally export: taxes in the wrong ledger", "IGST lands in CGST since October.", "tally-zoho-books"),
    _ask(Topic.PAYMENTS, "Payout on hold without a reason", "The page says *on hold*. Nobody wrote to me.", "payout-on-hold"),
    _ask(Topic.APP_ERROR, "Changes to the theme are gone", "I published, and an hour later the old colours were back.", "changes-not-saved", "restore-earlier-design"),
    _ask(Topic.PRODUCTS_AND_STORE, "Stock below zero after the sale", "Eleven orders for eight pieces. What do I tell three customers?", "oversold-orders", "track-stock"),
    _ask(Topic.CONDUCT, "Why was I warned?", "I was angry, yes. Nobody answered for two days.", "priority-support-and-account-manager"),
    _ask(Topic.PAYMENTS, "International cards are declined", "Cards from the Emirates fail. Indian ones work.", "international-cards"),
    _ask(Topic.INTEGRATIONS, "Two purchases in Meta for one order", "The pixel counts each order twice since I added Google Analytics.", "meta-pixel", "google-analytics"),
    _ask(Topic.PRODUCTS_AND_STORE, "Shipping to Andaman costs nothing", "The zone *Islands* seems to be ignored.", "shipping-zones-and-rates"),
    _ask(Topic.ACCOUNT, "Change of the mobile number", "The old SIM is gone, so the OTP goes nowhere.", "change-email-or-mobile", "verify-email-and-mobile"),
    _ask(Topic.REFUND, "Refund has not reached my customer", "Eight working days, and the bank sees nothing.", "refund-not-received", order="1187"),
    _ask(Topic.APP_ERROR, "Store very slow in the evening", "From seven to nine a page takes ten seconds.", "store-is-slow"),
    _ask(Topic.CANCELLATION, "Trial ended and I was charged", "I wanted to leave before the end, the button was grey.", "free-trial", "cancel-subscription", order="SUB-8112"),
    _ask(Topic.PRODUCTS_AND_STORE, "Discount code works only once", "It should work once per customer, not once in all.", "discount-code-not-working"),
    _ask(Topic.PAYMENTS, "Chargeback for a parcel that was delivered", "I have the courier's signature. Where do I send it?", "chargebacks"),
    _ask(Topic.INTEGRATIONS, "API key leaked in a screenshot", "I posted a screenshot in a forum. What now?", "api-keys"),
    _ask(Topic.OTHER, "Invoice with our new GST number", "The number changed on the 1st. Can old invoices be changed?", "gst-invoices"),
    _ask(Topic.PRODUCTS_AND_STORE, "Menu shows a deleted page", "*About us* is deleted and still in the menu of the phone.", "navigation-menus", "add-pages"),
    _ask(Topic.APP_ERROR, "No notifications of new orders", "The phone is silent, the orders are there.", "notifications-not-coming"),
    _ask(Topic.PAYMENTS, "Change the bank account before payday", "Our cooperative bank merged, the IFSC is another one.", "change-bank-account", "add-bank-account"),
    _ask(Topic.ACCOUNT, "Locked after too many tries", "My son played with the phone.", "account-locked"),
)  # fmt: skip

ANSWERS = (
    "Thank you for writing. I have looked at your account: the page below has the steps for exactly this. Tell me if one of them ends otherwise.",
    "I am sorry for the trouble. Please try what the page says under its first heading, and send me what you see then.",
    "I could see the same here. I have put it right on our side; the page explains how to keep it so.",
    "Good that you wrote. There are two ways to do it, both are on the page. The first one is the usual one for shops like yours.",
)
FOLLOW_UPS = (
    "Thank you, that was quick. The first step worked, the second one gives the same message again.",
    "I did it as it says there. Nothing changed. Should I wait?",
    "It works on the laptop now, the phone still shows the old state.",
)
THANKS = ("That was it, thank you!", "Works now. धन्यवाद!", "All good, you can close it.")
NOTES = (
    "Called twice, nobody picked up. The account is older than two years and in good order.",
    "Same as the case of last week: the bank sends the rejection a day later. @payments knows.",
    "Log shows the retry at 14:02. Waiting for the courier's answer before I reply.",
)
REASONS = (
    "Your answer describes what I did before I wrote to you. The problem is still there, and I lose orders every day.",
    "This was promised for Tuesday. I would like somebody to look at it who can decide.",
    "I do not agree with the reason that I was given. Please look at the whole case again.",
)
UPDATES = (
    "I have read the whole case and asked the team for what was missing. I write again tomorrow.",
    "The team has found the cause. I look at what it means for you, and write again tomorrow.",
)
DECISIONS = (
    "We were wrong, and I am sorry. What you asked for is done today, and a month of your plan is on us.",
    "The rule holds, and I know that this is not what you hoped for. As our page was unclear we credit one month.",
)
LAST_DECISION = (
    "We keep to the decision of the second stage: the contract leaves no other way. The reasons are in its section 4."
)
COMMENTS = ("Fast and friendly.", "Good in the end, but I had to ask twice.", None, "Nobody read my first mail.", None)

QUERIES = (
    "payout not received", "refund", "change bank account", "upi pending", "paisa kab aayega", "domain not working",
    "otp nahi aa raha", "add product", "csv import", "webhook", "cancel plan", "shipping charges", "kyc rejected",
    "gst number", "invoice", "discount code", "store is slow", "app not opening", "tally", "whatsapp orders",
)  # fmt: skip
GAPS = (
    "gift cards", "loyalty points", "pos machine", "sell on amazon", "pincode checker", "eway bill", "dark theme for store",
    "subscription boxes", "affiliate program",
)  # fmt: skip
"""What the sample content does not answer, which readers ask for all the same."""
BEFORE = {
    Topic.PAYMENTS: ("payout not received", "upi pending", "paisa kab aayega", "kyc rejected", "change bank account"),
    Topic.ACCOUNT: ("otp nahi aa raha", "gst number"),
    Topic.APP_ERROR: ("store is slow", "app not opening"),
    Topic.PRODUCTS_AND_STORE: (
        "csv import",
        "add product",
        "discount code",
        "domain not working",
        "gift cards",
        "pincode checker",
    ),
    Topic.INTEGRATIONS: ("tally", "whatsapp orders", "webhook", "sell on amazon", "pos machine"),
    Topic.REFUND: ("refund", "invoice"),
    Topic.CANCELLATION: ("cancel plan",),
}
"""What people searched for who wrote to us then, by the topic that they wrote about; one of the gaps for any other."""
SAID = (
    (FeedbackKind.CONTENT, "The picture in the second step is of the old app.", "article:add-product", FeedbackStatus.DONE, "The picture is new since today. Thank you."),
    (FeedbackKind.SUGGESTION, "Let me choose the day of the payout.", None, FeedbackStatus.PLANNED, "It is planned for the spring."),
    (FeedbackKind.COMPLAINT, "I was asked for the same document three times.", None, FeedbackStatus.UNDER_REVIEW, None),
    (FeedbackKind.PRAISE, "Asha solved in ten minutes what cost me two days. Thank you!", None, FeedbackStatus.DONE, "We told her. Thank you!"),
    (FeedbackKind.CONTENT, "It does not say what happens with COD orders.", "article:cancel-order", FeedbackStatus.RECEIVED, None),
    (FeedbackKind.SUGGESTION, "A dark mode for the app, please.", None, FeedbackStatus.DECLINED, "Not this year: the new order screen comes first."),
    (FeedbackKind.CONTENT, "हिंदी में यह पेज चाहिए।", "article:webhooks", FeedbackStatus.RECEIVED, None),
    (FeedbackKind.COMPLAINT, "The phone line is busy every Monday.", None, FeedbackStatus.RECEIVED, None),
    (FeedbackKind.SUGGESTION, "Export of tickets as PDF for our auditor.", None, FeedbackStatus.UNDER_REVIEW, None),
    (FeedbackKind.CONTENT, "Under *Fees* the GST seems to be missing.", "article:payment-fees", FeedbackStatus.RECEIVED, None),
    (FeedbackKind.PRAISE, "The film about payouts is the best I have seen.", "tutorial:read-your-payouts", FeedbackStatus.RECEIVED, None),
)  # fmt: skip
