"""Which version of the support policy holds."""

from datetime import date

from kb.library.library import Library
from kb.library.pages import Policy
from kb.library.terms import Terms
from kb.viewer import Viewer


def find_support_policy(library: Library, viewer: Viewer, locale: str, *, on: date) -> tuple[Policy, Terms] | None:
    """The version in force on a day with its terms; None before the first one, or where no policy has terms.

    A version whose terms could not be read holds as well: what it promises is not known then, so nothing is.
    """
    slug = library.support_policy
    page = library.policy(slug, viewer, locale, on=on) if slug else None
    return (page, page.terms) if page and page.terms else None
