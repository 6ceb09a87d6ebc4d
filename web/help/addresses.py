"""Where our pages are, as browsers of one origin see them, in the language of the page that links to them."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Addresses:
    """`origin` and `root` are the halves of the public URL; `prefix` is the locale of the reader's path, or nothing."""

    origin: str
    root: str
    prefix: str = ""

    def path(self, path: str) -> str:
        """A path of ours in the reader's language."""
        return f"{self.root}{self.prefix}{path}"

    def within(self, url: str) -> str:
        """A URL of ours without its origin; another's as it is."""
        if url.startswith(f"{self.origin}/"):
            return url[len(self.origin) :]
        return url

    def here(self, url: str) -> str:
        """The page of a URL in the reader's language: it may have no translation yet, the way back to others has."""
        path = self.within(url)
        prefixed = self.path("/")
        if not self.prefix or not path.startswith(f"{self.root}/") or path.startswith(prefixed):
            return path
        return prefixed + path[len(self.root) + 1 :]

    @property
    def secure(self) -> bool:
        """Whether browsers come by https: behind a proxy that ends TLS a request itself does not say so."""
        return self.origin.startswith("https:")

    def absolute(self, path: str) -> str:
        return f"{self.origin}{path}"


def addresses(base_url: str) -> Addresses:
    """Of a public URL, which has no slash at its end."""
    parts = urlsplit(base_url)
    return Addresses(f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"))
