"""Values of the library made into the schema's types, which refer to each other in circles: this module knows all."""

from kb.library import pages
from kb.library.library import Library
from kb.library.related import related as related_to
from schema import ids
from schema.connections import page_size
from schema.context import Context
from schema.types.article import Article
from schema.types.category import Category
from schema.types.page import Page, page_fields
from schema.types.policy import Policy
from schema.types.scalars import URL
from schema.types.tutorial import Tutorial


def page(each: pages.Page, library: Library) -> Page:
    """The type of the page's own kind."""
    match each:
        case pages.Article():
            return article(each, library)
        case pages.Tutorial():
            return tutorial(each, library)
        case pages.Policy():
            return policy(each, library)
    raise TypeError(f"no type is known for {type(each).__name__}")


def article(each: pages.Article, library: Library) -> Article:
    return Article(**page_fields(each, library), page=each)


def tutorial(each: pages.Tutorial, library: Library) -> Tutorial:
    return Tutorial(**page_fields(each, library), page=each)


def policy(each: pages.Policy, library: Library, *, in_force: bool = True) -> Policy:
    """A version; its URL names the version where it is not the one in force."""
    return Policy(**page_fields(each, library, on_version=not in_force), page=each)


def category(slug: str, locale: str, library: Library) -> Category:
    """A category, titled in the default locale where it has no title in this. Raises `KeyError` for an unknown slug."""
    each = library.categories[slug]
    return Category(
        id=ids.strawberry_id(each.id),
        slug=each.slug,
        title=library.category_title(each, locale),
        summary=each.summaries.get(locale) or each.summaries.get(library.default_locale, ""),
        url=URL(library.urls.category(each.slug, locale)),
        category=each,
        locale=locale,
    )


def related(each: pages.Page, context: Context, first: int) -> list[Page]:
    """Raises `InvalidInput` for a page size that makes no sense."""
    found = related_to(context.library, each, context.viewer, first=page_size(first))
    return [page(other, context.library) for other in found]
