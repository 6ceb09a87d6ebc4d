"""`/follow`: mail about changes of a policy. `/follow/<token>` is the link of such mails: what it does, a button does.

Mail scanners open links: a GET changes nothing.
"""

from typing import Any
from urllib.parse import quote

from web.help.page import Page
from web.help.visit import Missing, Moved
from web.people.visit import Personal, Rejected

PATH = "/follow"
SENT = ("following", "mail")
DOCUMENTS = {"confirm": "MyFollowConfirm", "end": "MyFollowEnd"}


async def follow(visit: Personal) -> Page:
    """The form: which policy, which address."""
    return await _form(visit, sent=visit.one_of("sent", SENT))


async def ask(visit: Personal) -> Page | str:
    data = await visit.look("MyPolicies")
    slug = visit.typed("policy")
    if slug not in {each["slug"] for each in data["policies"]}:
        raise Rejected({"policy": visit.words("wrong_REQUIRED")})
    made = await visit.change("MyPolicyFollow", slug=slug, email=visit.chosen("email"))
    return visit.page(f"{PATH}?sent={'following' if made['following'] else 'mail'}&policy={slug}")


async def link(visit: Personal, token: str) -> Page:
    """Nobody says here whether the token is one: the buttons do."""
    await visit.look("MyPolicies")
    return Page(template="people/following.html", title=visit.words("follow_title"), values={"done": None})


async def act(visit: Personal, token: str) -> Page:
    await visit.look("MyPolicies")
    document = DOCUMENTS.get(visit.typed("action"))
    if document is None:
        raise Missing
    try:
        done = await visit.change(document, token=token)
    except Rejected as rejected:
        if "token" in rejected.problems:
            raise Rejected({"": visit.words("follow_link_gone")}) from None
        raise
    values: dict[str, Any] = {"done": done, "policy": (done["policy"] or {}).get("title", "")}
    return Page(template="people/following.html", title=visit.words("follow_title"), values=values)


async def led_on(visit: Personal, token: str) -> Page:
    """The address of that one click, opened by a person: its buttons must not post there. Raises `Moved`."""
    raise Moved(visit.page(f"{PATH}/{quote(token, safe='')}"))


async def end(visit: Personal, token: str) -> None:
    """One click in a mail program (RFC 8058). Raises `Rejected` for a token that is none."""
    await visit.change(DOCUMENTS["end"], token=token)


async def _form(visit: Personal, **values: Any) -> Page:
    data = await visit.look("MyPolicies")
    known = [each["slug"] for each in data["policies"]]
    chosen = visit.chosen("policy") or visit.one_of("policy", known)
    values |= {"viewer": data["viewer"], "chosen": chosen}
    return Page(template="people/follow.html", title=visit.words("follow_title"), values=values)
