"""The paths of these pages, each without a locale for the default one and below every other."""

from starlette.routing import BaseRoute, Route

from web.help.site import Site
from web.people import account, contact, data, feedback, follow, links, sign_in, ticket
from web.people.site import Do, People, Show
from web.session import Sessions

METHODS = ["GET", "HEAD", "POST"]


def people_pages(site: Site, sessions: Sessions) -> list[BaseRoute]:
    people = People(site, sessions)
    pages: list[tuple[str, Show, Do | None]] = [
        ("/contact", contact.contact, contact.ask(sessions)),
        ("/feedback", feedback.feedback, feedback.submit),
        ("/tickets/{reference}", ticket.ticket, ticket.act),
        ("/account", account.account, account.act),
        ("/account/data", data.data, data.act(people)),
        ("/follow", follow.follow, follow.ask),
        ("/follow/{token}", follow.link, follow.act),
        ("/t/{token}", links.link(people), None),
    ]
    return [
        Route(sign_in.PATH, sign_in.sign_in(people), methods=["POST"]),
        Route(sign_in.END, sign_in.sign_out(people), methods=["POST"]),
        *(
            Route(f"{prefix}{path}", people.page(show, do), methods=METHODS)
            for prefix in ("/{locale:locale}", "")
            for path, show, do in pages
        ),
        Route("/follow/{token}/end", people.posted(follow.end), methods=["POST"]),
        Route("/follow/{token}/end", people.page(follow.led_on), methods=["GET", "HEAD"]),
    ]
