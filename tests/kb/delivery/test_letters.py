"""Mails as people and programs read them, made of the rows of a real case."""

import email.policy
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kb.delivery.letters import NAMES
from kb.delivery.queue import Waiting, waiting
from kb.delivery.words import _entries, languages
from kb.library.terms import Topic
from kb.support import conduct, escalations, feedback, follows, outbox, privacy
from kb.support.feedback import NewFeedback
from kb.support.tables import ConductStatus, FeedbackKind, FeedbackStatus, OutboxKind, Person, Ticket
from kb.viewer import Plan
from tests.kb.support.desks import AGENT, DAY, HOUR, MANAGER, NOW, SENIOR, customer, visitor

NOTHING = Waiting(0, 0, None)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def url(tmp_path):
    """What mails say does not depend on the database."""
    return f"sqlite:///{tmp_path}/data/kb.db"


def sent(mailer, pile, at=NOW):
    """The subjects of what is mailed now."""
    before = len(pile.mails)
    while mailer(pile).round(at):
        pass
    return pile.subjects[before:]


def test_a_customer_reads_when_an_answer_comes(office, mailer, pile):
    ticket = office.open(by=customer(), subject="No payout").ticket
    assert sent(mailer, pile) == [f"We have your request: No payout [{ticket.reference}]"]
    assert pile.texts[0].splitlines()[:6] == [
        "Hello Ravi Negi,",
        "",
        "We have your request",
        "====================",
        "",
        "It is on our desk. You will have an answer by Tuesday, 24 November 2026,",
    ]
    assert f"http://kb.test/tickets/{ticket.reference}\n" in pile.texts[0]
    assert "without a password" not in pile.texts[0]


def test_a_visitor_gets_the_link_that_opens_the_ticket(office, mailer, pile):
    made = office.open(by=visitor(), email="meera@shop.example", name="Meera")
    sent(mailer, pile)
    assert f"http://kb.test/t/{made.ticket.reference}.{made.token}\n" in pile.texts[0]
    assert "The link opens this ticket without a password." in pile.texts[0]
    assert str(pile.mails[0].message["To"]) == "Meera <meera@shop.example>"


def test_the_headers_say_what_a_mail_is(office, mailer, pile):
    ticket = office.open().ticket
    sent(mailer, pile)
    headers = dict(pile.mails[0].message.items())
    assert {
        name: headers[name] for name in ("From", "Reply-To", "Auto-Submitted", "References", "Content-Language")
    } == {
        "From": "Ooulet Help Center <no-reply@kb.test>",
        "Reply-To": "support@ooulet.com",
        "Auto-Submitted": "auto-generated",
        "References": f"<{ticket.id.hex}@kb.test>",
        "Content-Language": "en",
    }
    assert headers["Message-ID"] == f"<{pile.mails[0].id.hex}@kb.test>"


def test_a_reply_is_quoted_without_what_would_tell_that_it_is_read(office, mailer, pile):
    ticket = office.open().ticket
    office.reply(
        ticket.reference,
        "**Done.** <script>alert(1)</script> ![pixel](https://spy.example/p.gif) [more](https://a.example/)",
        articles=("article:payout",),
        at=NOW + MINUTE,
    )
    assert sent(mailer, pile, NOW + MINUTE)[1] == f"Re: No payout [{ticket.reference}]"
    html, text = pile.pages[1], pile.texts[1]
    assert "<strong>Done.</strong>" in html
    assert '<a href="https://a.example/" rel="noopener noreferrer">more</a>' in html
    assert '<li><a href="http://kb.test/articles/payout">Payouts</a></li>' in html
    assert "<script" not in html
    assert not re.search(r"<img|<link|src=|url\(", html)
    assert "> **Done.**" in text
    assert "- Payouts\n  http://kb.test/articles/payout\n" in text


def test_a_mail_is_in_the_language_of_its_ticket(office, mailer, pile):
    ticket = office.open(by=visitor(), email="meera@shop.example", name="मीरा", locale="hi", subject="पेआउट").ticket
    assert sent(mailer, pile) == [f"आपका अनुरोध मिल गया: पेआउट [{ticket.reference}]"]
    office.reply(ticket.reference, "हो गया।", resolve=True)
    assert sent(mailer, pile) == [f"हल हो गया: पेआउट [{ticket.reference}]"]
    assert '<html lang="hi">' in pile.pages[1]
    assert "नमस्ते मीरा," in pile.texts[1]
    assert "मंगलवार, 24 नवंबर 2026, 11:30 IST" in pile.texts[0]


def test_each_step_of_an_escalation_is_told(office, mailer, pile):
    ticket = office.open().ticket
    sent(mailer, pile)
    office.reply(ticket.reference, "It is on its way.", resolve=True)
    sent(mailer, pile)
    office.do(escalations.request, ticket.reference, "It is not.", None, by=customer())
    sent(mailer, pile)
    office.do(escalations.start_review, ticket.reference, by=SENIOR)
    office.do(escalations.post_update, ticket.reference, "We asked the **bank**.", None, by=SENIOR)
    sent(mailer, pile)
    office.do(escalations.decide, ticket.reference, "We pay the fee back.", True, by=SENIOR)
    sent(mailer, pile)
    assert [each.name for each in pile.mails] == [
        "received",
        "resolved",
        "escalated",
        "escalation_updated",
        "escalation_decided",
    ]
    escalated, updated, decided = pile.texts[2:]
    assert "With: First Escalation\nDecision by: " in escalated
    assert "Next update by" not in escalated  # the decision is due before it
    assert "> We asked the **bank**.\n" in updated
    assert "> We pay the fee back.\n" in decided
    assert "Your ticket is resolved. If you do not agree, you can take it to the next stage" in " ".join(
        decided.split()
    )


def test_the_last_decision_is_called_final(office, mailer, pile):
    ticket = office.open().ticket
    office.reply(ticket.reference, "No.", resolve=True)
    sent(mailer, pile)
    for _ in range(3):
        office.do(escalations.request, ticket.reference, "Please.", None, by=customer())
        sent(mailer, pile)
        office.do(escalations.start_review, ticket.reference, by=MANAGER)
        office.do(escalations.decide, ticket.reference, "No.", True, by=MANAGER)
        sent(mailer, pile)
    decided = [text for mail, text in zip(pile.mails, pile.texts, strict=True) if mail.name == "escalation_decided"]
    assert ["the decision is final" in text for text in decided] == [False, False, True]
    assert ["stays open" in text for text in decided] == [False, False, False]
    assert ["Your ticket is resolved." in text for text in decided] == [True, True, True]
    escalated = [text for mail, text in zip(pile.mails, pile.texts, strict=True) if mail.name == "escalated"]
    assert ["Next update by" in text for text in escalated] == [False, True, True]


def test_conduct_is_told_with_its_reason_and_its_end_once(office, mailer, pile):
    ticket = office.open(by=visitor(), email="meera@shop.example", name="Meera", locale="hi").ticket
    sent(mailer, pile)

    def tell(status, until=None):
        office.do(conduct.set_conduct, ticket.reference, status, "Threats.", until)

    tell(ConductStatus.WARNED)
    tell(ConductStatus.WARNED)
    assert sent(mailer, pile) == [f"आपके व्यवहार के बारे में चेतावनी [{ticket.reference}]"]
    assert "> Threats.\n" in pile.texts[-1]
    tell(ConductStatus.SUSPENDED, NOW + 2 * DAY)
    assert sent(mailer, pile) == [f"आपका सपोर्ट रोक दिया गया है [{ticket.reference}]"]
    assert "कब तक: " in pile.texts[-1]
    tell(ConductStatus.GOOD)
    tell(ConductStatus.WARNED)
    assert sent(mailer, pile) == [f"आपके व्यवहार के बारे में चेतावनी [{ticket.reference}]"]  # what no longer holds is not told


def test_a_decision_that_solves_nothing_yet_says_that_the_ticket_stays_open(office, mailer, pile):
    ticket = office.open().ticket
    office.reply(ticket.reference, "No.", resolve=True)
    office.do(escalations.request, ticket.reference, "Please.", None, by=customer())
    office.do(escalations.start_review, ticket.reference, by=SENIOR)
    office.do(escalations.decide, ticket.reference, "We pay the fee back.", False, by=SENIOR)
    sent(mailer, pile)
    [decided] = [text for mail, text in zip(pile.mails, pile.texts, strict=True) if mail.name == "escalation_decided"]
    assert "Your ticket stays open until what was decided is done." in decided
    assert "Your ticket is resolved." not in decided


def test_a_decision_in_hindi_says_that_the_ticket_is_resolved(office, mailer, pile):
    ticket = office.open(by=customer(), locale="hi").ticket
    office.reply(ticket.reference, "नहीं।", resolve=True)
    office.do(escalations.request, ticket.reference, "कृपया।", None, by=customer())
    office.do(escalations.start_review, ticket.reference, by=SENIOR)
    office.do(escalations.decide, ticket.reference, "शुल्क लौटाते हैं।", True, by=SENIOR)
    sent(mailer, pile)
    [decided] = [text for mail, text in zip(pile.mails, pile.texts, strict=True) if mail.name == "escalation_decided"]
    assert "आपका टिकट हल हो गया है। अगर आप सहमत नहीं हैं" in " ".join(decided.split())


def test_a_critical_ticket_is_promised_its_solution_alone_where_that_is_due_first(office, mailer, pile):
    office.open(by=customer(plan=Plan.FREE), topic=Topic.PAYMENTS)
    sent(mailer, pile)
    text = " ".join(pile.texts[0].split())
    assert "It is critical: we aim to solve it by Monday, 23 November 2026, 15:30 IST." in text
    assert "Solution by: " in text
    assert "You will have an answer" not in text
    assert "Answer by" not in text


def test_who_is_told_that_it_is_resolved_is_told_what_can_be_done(office, database, mailer, pile):
    ticket = office.open().ticket
    office.reply(ticket.reference, "It is on its way.", resolve=True, at=NOW + MINUTE)
    sent(mailer, pile, NOW + MINUTE)
    assert "answer within 7 days and the ticket is open again" in pile.texts[-1].replace("\n", " ")
    database.write(lambda session: session.execute(update(Ticket).values(final=True)))
    office.reply(ticket.reference, "Good-bye.", resolve=True, at=NOW + HOUR)
    sent(mailer, pile, NOW + HOUR)
    assert "7 days" not in pile.texts[-1]
    assert "the ticket is not opened again" in pile.texts[-1].replace("\n", " ")


def test_feedback_is_answered(office, mailer, pile):
    given = NewFeedback(kind=FeedbackKind.SUGGESTION, text="Dark mode", name="Meera", email="meera@shop.example")
    row = office.do(feedback.submit, given, by=visitor())
    office.do(feedback.review, row.id, FeedbackStatus.PLANNED, "Next spring.", by=AGENT)
    assert sent(mailer, pile) == [f"About your feedback [{row.reference}]"]
    assert "> Next spring.\n" in pile.texts[0]
    assert "Status: Planned\n" in pile.texts[0]


def test_a_follower_confirms_and_is_told_once(office, database, desk, mailer, pile):
    office.do(follows.follow, "refund", "meera@shop.example", by=visitor())
    assert sent(mailer, pile) == ["Confirm: mail about the Refunds"]
    token = re.search(r"/follow/(\S+)", pile.texts[0]).group(1)
    database.write(lambda session: follows.confirm(session, desk, token, at=NOW))
    for at in (NOW, NOW + 3 * DAY, NOW + 4 * DAY):
        database.write(lambda session, at=at: follows.announce(session, desk, at=at))
    assert sent(mailer, pile, NOW + 4 * DAY) == ["The Refunds changes on 1 December 2026"]
    assert "> Refunds take five days.\n" in pile.texts[1]
    assert str(pile.mails[1].message["List-Unsubscribe"]) == f"<http://kb.test/follow/{token}/end>"
    assert str(pile.mails[1].message["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert pile.mails[0].message["List-Unsubscribe"] is None


def test_the_link_to_ones_data_is_in_a_mail_and_nowhere_else(office, database, desk, mailer, pile):
    office.open(by=visitor(), email="meera@shop.example")
    sent(mailer, pile)
    database.write(lambda session: privacy.request_link(session, desk, " Meera@shop.example", at=NOW))
    assert sent(mailer, pile) == ["Your data: the link you asked for"]
    assert re.search(r"http://kb\.test/t/data\.[0-9a-f]{43}\n", pile.texts[1])
    assert "until Tuesday, 24 November 2026, 11:30 IST" in pile.texts[1].replace("\n", " ")


def test_nobody_is_written_to_who_has_no_address_any_more(office, database, mailer, pile):
    office.open()
    database.write(lambda session: session.execute(update(Person).values(email=None)))
    assert sent(mailer, pile) == []
    assert database.read(waiting)[OutboxKind.MAIL] == NOTHING


def test_a_line_break_in_a_name_begins_no_header(office, mailer, pile):
    office.open(by=customer(name="Ravi\r\nBcc everybody"))
    sent(mailer, pile)
    assert b"\r\nBcc" not in pile.mails[0].message.as_bytes()
    assert [str(each) for each in pile.mails[0].message["To"].addresses] == ["Ravi  Bcc everybody <ravi1@shop.example>"]


@pytest.mark.parametrize(
    "name", ["Pay now http://evil.example", "www.evil", "evil.example", "Call 9876543210", "x" * 61]
)
def test_a_strangers_advertisement_is_no_name_to_greet_by(office, mailer, pile, name):
    office.open(by=visitor(), email="meera@shop.example", name=name)
    sent(mailer, pile)
    assert pile.texts[0].startswith("Hello,\n")
    assert name not in pile.texts[0]


def test_an_address_that_is_none_is_given_up_at_once(office, database, mailer, pile):
    office.open(by=customer(email="nobody at all"))
    assert sent(mailer, pile) == []
    assert database.read(waiting)[OutboxKind.MAIL].failed == 1


def test_files_are_whole_mails_that_nobody_else_reads(office, mailer, folder, tmp_path):
    office.open(by=visitor(), email="meera@shop.example")
    mailer(folder).round(NOW)
    file = next((tmp_path / "mail").iterdir())
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["To"] == "meera@shop.example"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "meera" not in file.name


def test_every_mail_has_words_in_every_language():
    def keys(value):
        return {key: keys(each) for key, each in value.items()} if isinstance(value, dict) else None

    assert {"en", "hi"} <= languages()
    assert [language for language in languages() if keys(_entries(language)) != keys(_entries("en"))] == []
    assert set(NAMES) <= set(_entries("en"))


def test_an_update_that_is_due_is_told_to_the_reviewer(office, database, mailer, pile):
    ticket = office.open().ticket
    office.reply(ticket.reference, "No.", resolve=True)
    office.do(escalations.request, ticket.reference, "Please.", None, by=customer())
    office.do(escalations.start_review, ticket.reference, by=SENIOR)

    def remind(session):
        reviewer = session.scalar(select(Person).where(Person.email == SENIOR.viewer.email))
        outbox.mail(session, "update_due", {"ticket": str(ticket.id)}, to=reviewer, at=NOW + HOUR)

    database.write(remind)
    assert sent(mailer, pile, NOW + HOUR)[-1] == f"Update due: No payout [{ticket.reference}]"
    assert f"http://kb.test/tickets/{ticket.reference}\n" in pile.texts[-1]
    assert str(pile.mails[-1].message["To"]) == f"{SENIOR.viewer.name} <{SENIOR.viewer.email}>"
    assert ticket.requester_id.hex in pile.mails[-1].files  # erasing the customer finds it: the subject is theirs


def test_a_link_ends_with_the_version_it_was_made_of(office, database, mailer, pile):
    made = office.open(by=visitor(), email="meera@shop.example")
    database.write(lambda session: session.execute(update(Ticket).values(link_version=2)))
    sent(mailer, pile)
    assert made.token not in pile.texts[0]
