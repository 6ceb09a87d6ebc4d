"""Enums of the self-help half, most of them the domain's own: here each value gets its description."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry

from kb.library.pages import PageKind, TutorialLevel
from kb.viewer import Audience, Plan, Role, Visibility
from search.protocol import FacetField, Match

E = TypeVar("E", bound=type[Enum])


def described(enum: E, name: str, description: str, values: Mapping[str, str]) -> E:
    """Register an enum. Raises `KeyError` where a value has no description: the schema would be mute there."""
    strawberry.enum(enum, name=name, description=description)
    for value in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return enum


class ArticleKind(Enum):
    ARTICLE = "article"
    GUIDE = "guide"
    FAQ = "faq"


class ArticleOrder(Enum):
    TITLE = "title"
    UPDATED_DESC = "updated_desc"
    MOST_HELPFUL = "most_helpful"


class SuggestionKind(Enum):
    PAGE = "page"
    SECTION = "section"
    CATEGORY = "category"
    QUERY = "query"


described(
    ArticleKind,
    "ArticleKind",
    "What kind of text an article is.",
    {
        "ARTICLE": "Answers one question.",
        "GUIDE": "Leads through a longer piece of work.",
        "FAQ": "A frequent question with a short answer.",
    },
)
described(
    ArticleOrder,
    "ArticleOrder",
    "The order of a list of articles.",
    {
        "TITLE": "By title, A to Z.",
        "UPDATED_DESC": "The last changed first.",
        "MOST_HELPFUL": "Those that readers found most helpful first.",
    },
)
described(
    SuggestionKind,
    "SuggestionKind",
    "What a suggestion leads to.",
    {
        "PAGE": "A page, by its title.",
        "SECTION": "A section of a page, by its heading.",
        "CATEGORY": "A category.",
        "QUERY": "A search that others found something with.",
    },
)
described(
    PageKind,
    "PageKind",
    "What kind of page a reader opens.",
    {
        "ARTICLE": "An article that answers one question.",
        "GUIDE": "An article that leads through a longer piece of work.",
        "FAQ": "A frequent question with a short answer.",
        "TUTORIAL": "A video with steps.",
        "POLICY": "A policy in force.",
    },
)
described(
    Visibility,
    "Visibility",
    "Who may open a page.",
    {"PUBLIC": "Everybody.", "SIGNED_IN": "Whoever is signed in.", "INTERNAL": "Agents only."},
)
described(
    Audience,
    "Audience",
    "Whom a page is written for.",
    {"MERCHANT": "People who run a store.", "SHOPPER": "People who buy in a store."},
)
described(
    Plan,
    "Plan",
    "A merchant's subscription.",
    {"FREE": "The free plan.", "STARTUP": "The Startup plan.", "ENTERPRISE": "The Enterprise plan."},
)
described(
    Role,
    "Role",
    "What somebody is to the service.",
    {
        "VISITOR": "Somebody who is not signed in.",
        "CUSTOMER": "A signed-in merchant.",
        "AGENT": "A support agent.",
        "SENIOR_AGENT": "A senior agent: reviews first escalations.",
        "SPECIALIST": "A specialist of a department: reviews second escalations.",
        "MANAGER": "Upper management: decides finally.",
    },
)
described(
    TutorialLevel,
    "TutorialLevel",
    "How much a tutorial expects.",
    {"BEGINNER": "Nothing.", "INTERMEDIATE": "That the basics are known.", "ADVANCED": "Experience with the product."},
)
described(
    Match,
    "SearchMatch",
    "How the hits of a search were found.",
    {
        "ALL_TERMS": "At least one hit has every word that was looked for.",
        "SOME_TERMS": "No hit has every word; these have some of them.",
        "CORRECTED": "A word was not known and was corrected: see `didYouMean`.",
        "NONE": "Nothing was found.",
    },
)
described(
    FacetField,
    "SearchFacetField",
    "What hits are counted by.",
    {"KIND": "The kind of page.", "CATEGORY": "The category, those above it included.", "TAG": "The tag."},
)
