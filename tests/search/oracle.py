"""The recipe without an index or an array: every document looked at, every number written out. Easy to believe."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

from search.analysis import Token, index_tokens, query_tokens, stem
from search.protocol import (
    Document,
    FacetCount,
    FacetField,
    Hit,
    Match,
    Progress,
    SearchPage,
    SearchQuery,
    SyncReport,
    Synonyms,
)
from search.stopwords import QUERY_STOPWORDS
from search.synonyms import is_silent

STOP_STEMS = {stem(word) for word in QUERY_STOPWORDS}

NO_SYNONYMS = Synonyms()
WEIGHT = {"title": (8, 0.75), "headings": (3, 0.3), "summary": (1.5, 0.5), "body": (1, 0.6)}
FAIR_SHARE = 0.2
PAIR_WEIGHT = {"title": (3, 0.6), "headings": (1.8, 0.6), "body": (1, 0.6)}


@dataclass
class Page:
    document: Document
    stems: dict[str, Counter] = field(default_factory=dict)
    forms: dict[str, Counter] = field(default_factory=dict)
    pairs: dict[str, Counter] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.document.id

    def has(self, phrase: tuple[str, ...]) -> bool:
        everywhere = set().union(*self.stems.values())
        pairs = set().union(*self.pairs.values())
        return all(word in everywhere for word in phrase) and all(pair in pairs for pair in pairwise(phrase))


class Oracle:
    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.synonyms = Synonyms()

    def sync(
        self, documents: Iterable[Document], *, synonyms: Synonyms = NO_SYNONYMS, progress: Progress | None = None
    ) -> SyncReport:
        new = {document.id: document for document in documents}
        old = {id_: page.document.revision for id_, page in self.pages.items()}
        changed = [document for document in new.values() if old.get(document.id) != document.revision]
        updated = sum(document.id in old for document in changed)
        self.pages = {id_: page for id_, page in self.pages.items() if id_ in new} | {d.id: read(d) for d in changed}
        self.synonyms = synonyms
        for done in range(1, len(changed) + 1):
            if progress:
                progress(done, len(changed))
        return SyncReport(
            added=len(changed) - updated, updated=updated, removed=len(old.keys() - new), kept=len(new) - len(changed)
        )

    def close(self) -> None:
        pass

    def search(self, query: SearchQuery) -> SearchPage:
        allowed = [page for page in self.pages.values() if page.document.labels & query.allow]
        recipe = Recipe(list(self.pages.values()), allowed)
        terms = [token for token in query_tokens(query.text)]
        running = [token for token in index_tokens(query.text) if not token.aside]
        ways = self.ways(running, terms, allowed)
        own = {page.id: recipe.score(page, terms, running, ways) for page in allowed}
        scores = {
            page.id: max(own[other.id] for other in translations(page, allowed, query.locales)) for page in allowed
        }
        seen = [page for page in allowed if scores[page.id] > 0 and first_locale(page, allowed, query.locales)]
        required = {token.stem for token in terms if not token.aside}
        complete = {
            page.id
            for page in seen
            if any(
                all(one.has((word,)) or any(one.has(way) for way in ways.get(word, ())) for word in required)
                for one in translations(page, allowed, query.locales)
            )
        }
        least = FAIR_SHARE * max((scores[page.id] for page in seen), default=0)
        seen = [page for page in seen if page.id in complete or scores[page.id] >= least]
        found = [page for page in seen if passes(page.document, query)]
        ranked = sorted(found, key=lambda page: (-scores[page.id], page.id))
        if query.after:
            after = (-query.after.score, query.after.id)
            ranked = [page for page in ranked if (-scores[page.id], page.id) > after]
        hits = ranked[: query.first]
        return SearchPage(
            hits=tuple(Hit(p.id, p.document.page_id, p.document.locale, scores[p.id]) for p in hits),
            total=len(found),
            facets={field: facet(field, seen, query) for field in FacetField},
            match=(Match.ALL_TERMS if any(page.id in complete for page in found) else Match.SOME_TERMS)
            if found
            else Match.NONE,
            terms=frozenset({token.stem for token in terms}).union(
                ways,
                {
                    word
                    for name, one in ways.items()
                    for way in one
                    if len(way) == 1 or not any(page.has((name,)) for page in allowed)
                    for word in way
                }
                - STOP_STEMS,
            ),
            asked=frozenset({token.stem for token in terms}).union(ways),
            phrases=frozenset(
                way
                for name, one in ways.items()
                for way in one
                if len(way) > 1 and any(page.has((name,)) for page in allowed)
            ),
            has_next=len(ranked) > len(hits),
        )

    def explain(self, query: SearchQuery, document_id: str) -> None:
        """An oracle gives no reasons."""

    def ways(self, running: list[Token], terms: list[Token], pages: list[Page]) -> dict[str, set[tuple[str, ...]]]:
        table: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for group in self.synonyms.groups:
            for one in map(stems, group):
                table.setdefault(one, set()).update(other for other in map(stems, group) if other != one)
        for one, others in self.synonyms.one_way.items():
            table.setdefault(stems(one), set()).update(stems(other) for other in others if not is_silent(other))
        table = {phrase: others for phrase, others in table.items() if others}
        meant = {token.stem for token in terms}
        known = {
            phrase for phrase, others in table.items() if any(page.has(other) for page in pages for other in others)
        }
        every = phrases([token.stem for token in running], known)
        in_phrases = {word for phrase in every if len(phrase) > 1 for word in phrase}
        for phrase in phrases([token.stem for token in terms if not token.aside], known):
            if len(phrase) > 1 and not in_phrases & set(phrase):
                every.append(phrase)
        found: dict[str, set[tuple[str, ...]]] = {}
        for phrase in every:
            for word in [word for word in phrase if word in meant] or phrase[:1]:
                found.setdefault(word, set()).update(table[phrase])
        return found


def phrases(words: list[str], known: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The known phrases among words: the longest at each place, none over another."""
    found, start = [], 0
    while start < len(words):
        ends = [end for end in range(len(words), start, -1) if tuple(words[start:end]) in known]
        if ends:
            found.append(tuple(words[start : ends[0]]))
            start = ends[0]
        else:
            start += 1
    return found


class Recipe:
    def __init__(self, pages: list[Page], allowed: list[Page]) -> None:
        self.allowed = allowed
        self.average = {name: average([p.forms[name].total() for p in pages]) for name in WEIGHT}
        self.pair_average = {name: average([p.pairs[name].total() for p in pages]) for name in PAIR_WEIGHT}

    def idf(self, has) -> float:
        frequency = sum(map(has, self.allowed))
        return log(1 + (len(self.allowed) - frequency + 0.5) / (frequency + 0.5))

    def stem_idf(self, word: str) -> float:
        return self.idf(lambda page: any(word in page.stems[name] for name in WEIGHT))

    def stem_part(self, page: Page, word: str) -> float:
        return saturated(
            sum(
                weight * page.stems[name][word] / norm(b, page.forms[name].total(), self.average[name])
                for name, (weight, b) in WEIGHT.items()
            ),
            4,
        )

    def score(self, page: Page, terms: list[Token], running: list[Token], ways: dict) -> float:
        counts = Counter(token.stem for token in terms)
        counts.update({word: 1 for word in ways if word not in counts})
        score, covered, telling = 0.0, set(), {}
        for word, count in counts.items():
            phrases = [(word,), *ways.get(word, ())]

            def part(page, phrases=phrases, word=word):
                return max(
                    min(self.stem_part(page, one) for one in phrase) * (1 if phrase == (word,) else 0.9)
                    if page.has(phrase)
                    else 0
                    for phrase in phrases
                )

            idf = self.idf(lambda page, part=part: part(page) > 0)
            telling[word] = idf / self.stem_idf(word) if word in ways else 1.0
            score += (1 + log(count)) * idf * part(page)
            covered.update(one for phrase in phrases for one in phrase)
        for (word, name), count in Counter((token.surface, token.stem) for token in terms).items():
            frequency = sum(
                weight * page.forms[name][word] / norm(b, page.forms[name].total(), self.average[name])
                for name, (weight, b) in WEIGHT.items()
            )
            idf = self.idf(lambda page, word=word: any(word in page.forms[name] for name in WEIGHT))
            score += 0.35 * (1 + log(count)) * telling[name] * idf * saturated(frequency, 4)
        for pair, count in Counter(pairwise(token.stem for token in running)).items():
            frequency = sum(
                weight * page.pairs[name][pair] / norm(b, page.pairs[name].total(), self.pair_average[name])
                for name, (weight, b) in PAIR_WEIGHT.items()
            )
            idf = self.idf(lambda page, pair=pair: any(pair in page.pairs[name] for name in PAIR_WEIGHT))
            score += 0.15 * (1 + log(count)) * idf * saturated(frequency, 2)
        title = page.stems["title"]
        whole = sum(self.stem_idf(word) for word in title)
        share = sum(self.stem_idf(word) for word in title if word in covered) / whole if whole else 0
        return score * (1 + 0.2 * share)


def read(document: Document) -> Page:
    page = Page(document)
    texts = {
        "title": [document.title],
        "headings": [one for one in document.headings if one.lower() != document.title.lower()],
        "summary": [document.summary],
        "body": [document.body],
    }
    for name, parts in texts.items():
        tokens = [index_tokens(part) for part in parts]
        page.forms[name] = Counter(token.surface for part in tokens for token in part)
        page.stems[name] = Counter(token.stem for part in tokens for token in part)
        neighbours = [pairwise([token.stem for token in part if not token.aside]) for part in tokens]
        page.pairs[name] = Counter(pair for part in neighbours for pair in part) if name != "summary" else Counter()
    return page


def first_locale(page: Page, allowed: list[Page], locales: tuple[str, ...]) -> bool:
    had = {other.document.locale for other in allowed if other.document.page_id == page.document.page_id}
    return page.document.locale == next((locale for locale in locales if locale in had), None)


def translations(page: Page, allowed: list[Page], locales: tuple[str, ...]) -> list[Page]:
    """The page and, where it is the one that is seen, its translations into the other locales."""
    if not first_locale(page, allowed, locales):
        return [page]
    same = [other for other in allowed if other.document.page_id == page.document.page_id]
    return [other for other in same if other is page or other.document.locale in locales]


def passes(document: Document, query: SearchQuery, *, but: FacetField | None = None) -> bool:
    chosen = {FacetField.KIND: query.kinds, FacetField.CATEGORY: query.categories, FacetField.TAG: query.tags}
    return all(
        field is but or not values or values & set(values_of(document, field)) for field, values in chosen.items()
    )


def facet(field: FacetField, seen: list[Page], query: SearchQuery) -> tuple[FacetCount, ...]:
    counts = Counter(
        value
        for page in seen
        if passes(page.document, query, but=field)
        for value in set(values_of(page.document, field))
    )
    return tuple(FacetCount(*one) for one in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def values_of(document: Document, field: FacetField) -> tuple[str, ...]:
    return {
        FacetField.KIND: (document.kind,),
        FacetField.CATEGORY: document.categories,
        FacetField.TAG: document.tags,
    }[field]


def stems(text: str) -> tuple[str, ...]:
    return tuple(token.stem for token in index_tokens(text) if not token.aside)


def saturated(frequency: float, k1: float) -> float:
    return frequency * (k1 + 1) / (frequency + k1)


def norm(b: float, length: int, mean: float) -> float:
    return 1 - b + b * length / mean


def average(lengths: list[int]) -> float:
    filled = [length for length in lengths if length]
    return max(sum(filled) / len(filled), 1.0) if filled else 1.0
