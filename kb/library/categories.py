"""Categories: the folders of `articles/`, titled and ordered by their `_category.yml`."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from kb.library.files import read_text
from kb.library.frontmatter import FrontMatter, key_lines, load_mapping
from kb.library.locations import GENERAL, category_file
from kb.library.meta import CategoryMeta
from kb.library.pages import Category
from kb.library.problems import Problem
from kb.library.validate import validate
from kb.viewer import Visibility

TITLES = {GENERAL: "General"}


def read_metas(
    root: Path, paths: Iterable[PurePosixPath], default: str, problems: list[Problem]
) -> dict[tuple[str, str], CategoryMeta]:
    """The `_category.yml` files by (category slug, locale)."""
    metas: dict[tuple[str, str], CategoryMeta] = {}
    for path in paths:
        place = category_file(path, default)
        if place is None:
            problems.append(Problem(path, 0, "This file is not read: a category is described by '_category.yml'."))
            continue
        text = read_text(root, path, problems)
        if text is not None:
            keys = load_mapping(text, path, problems)
            front = FrontMatter(keys, "", 1, key_lines(text, first_line=1), present=True)
            if place in metas:
                problems.append(Problem(path, 0, f"Another file describes the category '{place[0]}' already."))
                continue
            metas[place] = validate(CategoryMeta, front, path, problems)
    return metas


def build_categories(
    folders: Iterable[str], metas: dict[tuple[str, str], CategoryMeta], locales: Sequence[str]
) -> dict[str, Category]:
    """Every folder and its ancestors, in the order of the tree: parents first, then `order`, then title."""
    slugs = {slug for folder in [*folders, *(slug for slug, _ in metas)] for slug in lineage(folder or GENERAL)}
    made = {slug: _category(slug, metas, locales) for slug in slugs}
    path_keys = {slug: [_key(made[each], locales[0]) for each in reversed(lineage(slug))] for slug in made}
    return {slug: made[slug] for slug in sorted(made, key=lambda slug: path_keys[slug])}


def floors(metas: Mapping[tuple[str, str], CategoryMeta], default: str) -> dict[str, Visibility]:
    """The visibility that each category asks of the pages below it, where it asks for one."""
    return {slug: meta.visibility for (slug, locale), meta in metas.items() if locale == default}


def lineage(slug: str) -> list[str]:
    """A category's slug, its parent's, and so on to the top."""
    parts = slug.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _category(slug: str, metas: dict[tuple[str, str], CategoryMeta], locales: Sequence[str]) -> Category:
    own = {locale: metas.get((slug, locale)) for locale in locales}
    name = slug.rpartition("/")[2]
    titles = {locale: meta.title for locale, meta in own.items() if meta and meta.title}
    first = own[locales[0]]
    return Category(
        slug=slug,
        parent=slug.rpartition("/")[0] or None,
        order=first.order if first else 0,
        titles={locales[0]: TITLES.get(name, name.replace("-", " ").capitalize())} | titles,
        summaries={locale: meta.summary for locale, meta in own.items() if meta and meta.summary},
    )


def _key(category: Category, locale: str) -> tuple[int, str, str]:
    return category.order, category.titles[locale].casefold(), category.slug
