"""Pages that were made before, bounded by their bytes, the least recently used thrown out first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from web.design.responses import Sheet

MOST_BYTES = 16 * 1024 * 1024


class Kept:
    """Keyed by all that a page is made of, so that what is kept is never old."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._sheets: OrderedDict[Hashable, Sheet] = OrderedDict()
        self._most = most_bytes
        self.size = 0

    def get(self, key: Hashable, make: Callable[[], Sheet]) -> Sheet:
        """The sheet of that key; made where it is not there."""
        found = self._sheets.get(key)
        if found is not None:
            self._sheets.move_to_end(key)
            return found
        made = self._sheets[key] = make()
        self.size += made.size
        while self.size > self._most and len(self._sheets) > 1:
            self.size -= self._sheets.popitem(last=False)[1].size
        return made
