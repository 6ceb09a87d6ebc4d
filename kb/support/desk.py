"""What the desk's functions are handed besides a session: the library, keys for hashes and links, and who acts."""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from kb.library.library import Library
from kb.viewer import ANYONE, Viewer


@dataclass(frozen=True, slots=True)
class Desk:
    """One for a request. `secret` is the service's own (KB_SECRET); each use of it has a purpose of its own."""

    library: Library
    secret: bytes = field(repr=False)

    def hashed(self, purpose: str, *parts: str) -> str:
        """A keyed hash, 64 hexadecimal digits: the same for the same parts, of no use to somebody who guesses them."""
        message = "\0".join([purpose, *parts]).encode("utf-8", "surrogatepass")
        return hmac.new(self.secret, message, sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it. `token` is the secret of a ticket's link, `visitor` the random id that a client keeps."""

    viewer: Viewer = ANYONE
    token: str | None = field(default=None, repr=False)
    visitor: str | None = field(default=None, repr=False)
    locale: str = "en"
