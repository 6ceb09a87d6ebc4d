"""What the desk says, beside the words that all pages share. Staff read English."""

import tomllib
from functools import cache

from web.design.words import FALLBACK, FOLDER, Words


@cache
def desk_words() -> Words:
    own = tomllib.loads((FOLDER / "desk" / f"{FALLBACK}.toml").read_text(encoding="utf-8"))
    shared = tomllib.loads((FOLDER / f"{FALLBACK}.toml").read_text(encoding="utf-8"))
    return Words(FALLBACK, {**shared, **own}, spoken=FALLBACK)
