"""What comes instead of a page that is not there for this person, with the words that they typed for it.

Somebody whose session ended while they wrote, whose ticket is found by nobody else, gets them back. Whether there is
such a ticket is not told: it is the same page for every reference.
"""

from dataclasses import replace

from web.help.page import Page
from web.people.visit import Personal

WORDS = {
    "body": "your_reply",
    "reopen_reason": "reopen_reason",
    "reason": "escalate_reason",
    "comment": "rate_comment",
}
"""The fields of a ticket's forms that people write into, with their labels."""
BESIDE = ("action", "reply_key", "escalate_key", "score")
"""What else these forms send: the page is as it was once its form comes again."""


def nothing(visit: Personal) -> tuple[Personal, Page]:
    """The same for what is not there and for what is not for this person; in a language that we have."""
    if visit.wanted is not None and visit.wanted not in visit.locales:
        visit = replace(visit, wanted=None, addresses=replace(visit.addresses, prefix=""))
    typed = {name: visit.form[name] for name in WORDS if visit.typed(name)}
    if not typed and not visit.typed("score"):
        return visit, Page(template="people/missing.html", title=visit.words("no_ticket_title"), status=404)
    values = {
        "words": [(name, WORDS[name], text) for name, text in typed.items()],
        "beside": {name: visit.form[name] for name in BESIDE if visit.typed(name)},
    }
    status = 404 if visit.session.signed_in else 401
    return visit, Page(template="people/kept.html", title=visit.words("kept_title"), values=values, status=status)
