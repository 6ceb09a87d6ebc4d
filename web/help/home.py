"""`/`: where to look, what there is, whether somebody is there."""

from markupsafe import Markup, escape

from web.design.moments import sentence, stamped
from web.help import structured
from web.help.page import Page, alternates
from web.help.visit import Data, Visit


async def home(visit: Visit) -> Page:
    data = await visit.ask("HelpHome")
    words = visit.words
    values = {
        "categories": data["categories"] or [],
        "guides": data["guides"]["nodes"],
        "articles": data["articles"]["nodes"],
        "tutorials": data["tutorials"]["nodes"],
        "support": support_line(visit, data["support"]),
    }
    return Page(
        template="help/home.html",
        title=words("site"),
        description=words("home_description"),
        values=values,
        canonical=visit.addresses.absolute(visit.addresses.path("/")),
        alternates=alternates(visit, visit.locales),
        structured=[structured.website(visit)],
    )


def support_line(visit: Visit, support: Data | None) -> Data | None:
    """Whether support is open, as a sentence; None where no policy promises any."""
    if support is None:
        return None
    words = visit.words
    state = "open" if support["open"] else "closed"
    moment = support["closesAt"] if support["open"] else support["opensAt"]
    if not moment:
        told = Markup(escape(words(f"{state}_now")))
    else:
        key = "open_until" if support["open"] else "limited_until" if support["limited"] else "closed_until"
        hour = words.hour(moment, zone=support["timeZone"])
        back = hour if support["open"] else f"{words.weekday(moment, zone=support['timeZone'])} {hour}"
        told = sentence(words, key, stamped(moment, back))
    return {"state": state, "sentence": told, "url": visit.addresses.here(support["policy"]["url"])}
