"""Every number the ranking has, by name, with the evaluation behind it.

Tuned on three collections, then frozen. nDCG@10 on StackFAQ and a TechQA sample: plain BM25 .834 and .822, true BM25F
alone .881 and .876, all of the recipe .893 and .882. `bench/judged.py` measures it again. Without one part, in process,
nDCG@10 of both and MRR of our own judged queries (`kb eval`), for which no weight was chosen:

    all .896 .879 .930, no exact forms .894 .880 .914, no neighbours .894 .878 .923, no title coverage .894 .879 .934,
    none of the three .886 .873 .905

`docs/bench/judged.md` adds one part after the other, and is made by `bench/steps.py`.
Age is no part: it lost or changed nothing (docs/adr/0011).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """How much a word in this field counts, and how much of the field's length is held against it (BM25's b)."""

    weight: float
    b: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The recipe. BM25F has one saturation over the weighted, length-normalised frequencies of all fields.

    Summing fields after saturation, as Whoosh and Lucene's multi_match do, ties on those collections and transfers
    badly: .71 against .77 on questions of a store builder that were not seen before.
    """

    title: FieldWeight = FieldWeight(8.0, 0.75)
    headings: FieldWeight = FieldWeight(3.0, 0.3)
    summary: FieldWeight = FieldWeight(1.5, 0.5)
    body: FieldWeight = FieldWeight(1.0, 0.6)
    k1: float = 4.0

    # The same BM25F over unstemmed words, added at this rate.
    exact_form: float = 0.35

    # BM25F over pairs of neighbouring stems, added at this rate. Summaries repeat the body's first paragraph: no pairs.
    bigram: float = 0.15
    bigram_title: FieldWeight = FieldWeight(3.0, 0.6)
    bigram_headings: FieldWeight = FieldWeight(1.8, 0.6)
    bigram_body: FieldWeight = FieldWeight(1.0, 0.6)
    bigram_k1: float = 2.0

    # A score grows by this times the share, by idf, of the title's words that the query has.
    title_coverage: float = 0.2

    # Words of a query kept, the most informative ones. The posts of TechQA have 52: nDCG@10 and recall@10 there are
    # .879 and .956 with 32, .874 and .951 with 20. A word costs microseconds.
    query_terms: int = 32

    # A page that has a synonym scores this much of a page that has the word itself. Chosen, then measured on our own
    # judged queries, as no other collection comes with synonyms: MRR .912 with .65, .928 with .8, .933 with .9,
    # .934 with 1, which would put a page with another word before one with the reader's own.
    synonym: float = 0.9

    # A date, an amount or an order number beside other words counts this much, but in a title that has all of it. MRR
    # of our own 21 judged queries with one: .835 with 1, .881 with .5 and .3, .905 with .2, .929 with .1. Not less than
    # .3, as weekdays tell something where a page has a timetable. The other collections do not change.
    incidental: float = 0.3

    # A hit that lacks words of the query is listed if it scores at least this share of the best. nDCG@10 and recall@10
    # are the same to four digits up to .3 on both collections, and fall from .4 on; the median number of hits is 88 and
    # 308 with 0, 18 and 19 with .2, 10 and 7 with .3 (docs/adr/0013).
    fair_share: float = 0.2

    @property
    def fields(self) -> tuple[FieldWeight, ...]:
        return (self.title, self.headings, self.summary, self.body)

    @property
    def bigram_fields(self) -> tuple[FieldWeight, ...]:
        return (self.bigram_title, self.bigram_headings, self.bigram_body)


WEIGHTS = Weights()
