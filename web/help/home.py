"""`/`: where to look, what there is, whether somebody is there."""

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
    words, zone = visit.words, support["timeZone"]
    state = "open" if support["open"] else "closed"
    moment = support["closesAt"] if support["open"] else support["opensAt"]
    if not moment:
        sentence = words(f"{state}_now")
    elif support["open"]:
        sentence = words("open_until", moment=words.hour(moment, zone=zone))
    else:
        back = f"{words.weekday(moment, zone=zone)} {words.hour(moment, zone=zone)}"
        sentence = words("limited_until" if support["limited"] else "closed_until", moment=back)
    return {"state": state, "sentence": sentence, "url": visit.addresses.here(support["policy"]["url"])}
