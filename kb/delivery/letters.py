"""What each mail says, made of the rows that its outbox row names, as they are when it is sent.

`data` of a row names a `ticket` with a `message`, `escalation` or `update` of it; a `feedback`; a `follow` with the
`page` of a policy's version; a `link` to a person's data. What is gone by then, or erased, is not written about.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.delivery import ticket_letters
from kb.delivery.addresses import data_url, follow_url, unfollow_url
from kb.delivery.letter import READER, Case, Letter, called, files_of, filled, support_address
from kb.library.pages import Policy
from kb.support.desk import Desk
from kb.support.tables import ConductStatus, DataLink, Feedback, Follow, Outbox, Person


def letter(session: Session, desk: Desk, row: Outbox) -> Letter | None:
    """None where there is nothing to write any more, or nobody to write to. Raises `KeyError` for an unknown mail."""
    person = session.get(Person, row.person_id) if row.person_id else None
    if row.person_id and (person is None or not person.email):
        return None
    return _LETTERS[row.name](Case(session, desk, row.data, person))


def _feedback_answered(case: Case) -> Letter | None:
    feedback = case.find(Feedback, "feedback")
    if feedback is None or case.person is None or not feedback.response:
        return None
    said = case.words(feedback.locale)
    entry = said.letter("feedback_answered")
    status = said.entries["feedback_status"][feedback.status.value]
    return Letter(
        to=case.person.email or "",
        name=called(case.person),
        words=said,
        subject=entry["subject"].format(reference=feedback.reference),
        heading=entry["heading"],
        lines=tuple(entry["lines"]),
        quote=feedback.response,
        facts=((said.fact("reference"), feedback.reference), (said.fact("status"), status)),
        action=(entry["action"], f"{case.desk.library.urls.base}/"),
        reply_to=support_address(case.desk),
        thread=feedback.id,
        files=files_of(case.person),
    )


def _follow_confirm(case: Case) -> Letter | None:
    follow = case.find(Follow, "follow")
    if follow is None or follow.confirmed_at is not None:
        return None
    versions = case.desk.library.policy_versions(follow.slug, READER, follow.locale)
    title = versions[-1].title if versions else follow.slug
    return _to_follower(case, follow, "follow_confirm", follow_url(case.desk, follow), {"title": title})


def _policy_changed(case: Case) -> Letter | None:
    """The words of the version in the language of the follower, as far as there are any."""
    follow = case.find(Follow, "follow")
    page = case.desk.library.page(str(case.data["page"]), READER, follow.locale) if follow else None
    if follow is None or follow.confirmed_at is None or not isinstance(page, Policy):
        return None
    url, end = case.desk.library.urls.page(page, on_version=True), unfollow_url(case.desk, follow)
    day = case.words(follow.locale).day(page.effective_on)
    made = _to_follower(case, follow, "policy_changed", url, {"title": page.title, "effective_on": day})
    said = made.words
    closing = (said["follow_link"].format(url=follow_url(case.desk, follow)),)
    if page.changes:
        return replace(made, quote=page.changes, closing=closing, unsubscribe=end)
    bare = said.letter("policy_changed")["lines_bare"]
    return replace(made, lines=filled(bare, {"effective_on": day}), closing=closing, unsubscribe=end)


def _data_link(case: Case) -> Letter | None:
    link = case.find(DataLink, "link")
    if link is None or not link.email:
        return None
    latest = select(Person).where(Person.email_key == link.email_key).order_by(Person.created_at.desc()).limit(1)
    person = case.session.scalar(latest)
    said = case.words(person.locale if person else "")
    entry = said.letter("data_link")
    return Letter(
        to=link.email,
        words=said,
        subject=entry["subject"],
        heading=entry["heading"],
        lines=filled(entry["lines"], {"until": said.moment(link.expires_at)}),
        action=(entry["action"], data_url(case.desk, link)),
        closing=(entry["closing"],),
        reply_to=support_address(case.desk),
        files=(link.email_key,),
    )


def _to_follower(case: Case, follow: Follow, name: str, url: str, given: Mapping[str, str]) -> Letter:
    said = case.words(follow.locale)
    entry = said.letter(name)
    return Letter(
        to=follow.email,
        words=said,
        subject=entry["subject"].format_map(given),
        heading=entry["heading"].format_map(given),
        lines=filled(entry["lines"], given),
        action=(entry["action"], url),
        closing=(entry["closing"],) if "closing" in entry else (),
        reply_to=support_address(case.desk),
        files=(follow.email_key, *([follow.person_id.hex] if follow.person_id else [])),
    )


_LETTERS: Mapping[str, Callable[[Case], Letter | None]] = {
    "received": ticket_letters.received,
    "replied": ticket_letters.replied,
    "resolved": ticket_letters.resolved,
    "escalated": ticket_letters.escalated,
    "escalation_updated": ticket_letters.escalation_updated,
    "escalation_decided": ticket_letters.escalation_decided,
    "update_due": ticket_letters.update_due,
    "conduct_good": partial(ticket_letters.conduct, name="conduct_good", status=ConductStatus.GOOD),
    "conduct_warned": partial(ticket_letters.conduct, name="conduct_warned", status=ConductStatus.WARNED),
    "conduct_suspended": partial(ticket_letters.conduct, name="conduct_suspended", status=ConductStatus.SUSPENDED),
    "feedback_answered": _feedback_answered,
    "follow_confirm": _follow_confirm,
    "policy_changed": _policy_changed,
    "data_link": _data_link,
}
NAMES = tuple(_LETTERS)
