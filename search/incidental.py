"""Dates, amounts and order numbers of a query: they tell one case from another, not what is asked.

`Payout of 18 November has not arrived` asks what `payout has not arrived` does. Bare numbers are left alone: error
codes, `GST 18 %`, `2000 x 2000 pixels`, `5000 rows` and the one rupee of a bank check are what is asked.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

from search.analysis import Token

_MONTHS = """
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec janvari farvari agast sitambar aktubar navambar disambar
जनवरी फरवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर
"""
# One day, not a habit: `open on Sundays` asks for the day. "som" and "sat" are other words as well.
_WEEKDAYS = """
monday tuesday wednesday thursday friday saturday sunday
somvar somwar mangalvar mangalwar budhvar budhwar guruvar guruwar shukravar shukrawar shanivar shaniwar ravivar raviwar
itvar itwar सोमवार मंगलवार बुधवार गुरुवार बृहस्पतिवार शुक्रवार शनिवार रविवार इतवार
"""


def _any_of(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_CHARACTER = r"[\w\u0900-\u0963]"
_START, _END = rf"(?<!{_CHARACTER})", rf"(?!{_CHARACTER})"
_DAY, _MONTH_NUMBER, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"20[1-3]\d"
_NTH = rf"{_DAY}(?:st|nd|rd|th)?"
_MONTH = rf"(?:{_any_of(_MONTHS)})\.?"
_SUM = r"(?:\d{1,3}(?:,\d{2,3})+|\d{3,})(?:\.\d\d?)?"  # below a hundred it is a fee, or a check
_CURRENCY = r"rs|inr|rupees?|rupaye|rupay|rupaiye|रुपये|रुपए|रुपया|रु"
_NUMBERED = r"orders?|ticket|invoice|awb|utr|rrn|txn|transaction|tracking|ऑर्डर|आर्डर|टिकट|इनवॉइस"
_NUMBER = r"(?:number|num|no|nr|id|नंबर|नम्बर|संख्या)\.?"

_FORMS = (
    rf"{_NTH}\s?(?:of\s)?{_MONTH}(?:,?\s?{_YEAR})?",  # 18 November, 3rd of Dec 2026
    rf"{_MONTH}\s?{_NTH}(?:,?\s?{_YEAR})?",
    rf"{_MONTH},?\s?{_YEAR}",
    rf"{_NTH}\s?(?:tarikh|tareekh|tarik|तारीख)",
    rf"(?!24/7){_DAY}/{_MONTH_NUMBER}(?:/(?:{_YEAR}|\d\d))?(?!/)",
    rf"{_MONTH_NUMBER}/{_DAY}/{_YEAR}",
    rf"{_DAY}[.-]{_MONTH_NUMBER}[.-]{_YEAR}",
    rf"{_YEAR}-{_MONTH_NUMBER}-{_DAY}",
    _YEAR,
    _any_of(_WEEKDAYS),
    rf"(?:₹|\$|€|£|(?:{_CURRENCY})\.?)\s?{_SUM}(?:/-)?",
    rf"{_SUM}\s?(?:/-|₹|{_CURRENCY})",
    rf"(?:{_NUMBERED})\s?(?P<number>(?:{_NUMBER}\s?)?[#:]?\s?\d{{4,}})",
    r"#\d{3,}",
    r"\d{7,}",  # of a telephone, of a transfer
)
_INCIDENTAL = re.compile(rf"{_START}(?:{'|'.join(_FORMS)}){_END}", re.IGNORECASE)
_DEVANAGARI_DIGITS = {0x966 + digit: str(digit) for digit in range(10)}


def incidental(text: str, tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """The words of each date, amount and order number in a text, whose words these are in the order they start."""
    found = list(_INCIDENTAL.finditer(text.translate(_DEVANAGARI_DIGITS)))
    starts = [token.start for token in tokens] if found else []
    held = []
    for start, end in (one.span("number" if one["number"] else 0) for one in found):
        words = tokens[bisect_left(starts, start) : bisect_left(starts, end)]
        held.append(tuple(token for token in words if token.end <= end))
    return [words for words in held if words]
