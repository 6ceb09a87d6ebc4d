"""A browser without scripts in which somebody of the support team has signed in."""

import re

from tests.support import token
from tests.web.help.reading import read


class Browser:
    """Remembers the page that it shows: forms are sent with the token that stands in it."""

    def __init__(self, client, viewer=None):
        self._http = client.http
        self.headers = {"cookie": f"kb-session={token(viewer)}"} if viewer else {}
        self.html = ""

    def get(self, path, status=200, /):
        """The page, read."""
        answer = self._ask("GET", path)
        assert answer.status_code == status, (answer.status_code, answer.headers.get("location"), answer.text[:300])
        self.html = answer.text
        return read(answer.text)

    def leads(self, path):
        """Where a path leads on to."""
        answer = self._ask("GET", path)
        assert answer.status_code == 303
        return answer.headers["location"]

    def send(self, path, status=303, /, **fields):
        """Sends a form of the page that is shown: where it leads, or the page that is drawn again."""
        fields.setdefault("form_token", self.form_token)
        answer = self.answer(path, **fields)
        assert answer.status_code == status, answer.text[:500]
        return answer.headers["location"] if status == 303 else self.shown(answer)

    def answer(self, path, *, from_site="same-origin", **fields):
        """What a form is answered, as it comes."""
        return self._ask("POST", path, {"sec-fetch-site": from_site}, data=fields)

    def _ask(self, method, path, headers=None, **more):
        """With the cookies of this browser alone: the client would keep those that are set for the next one."""
        self._http.cookies.clear()
        sent = {**self.headers, **(headers or {})}
        answer = self._http.request(method, path, headers=sent, follow_redirects=False, **more)
        self._http.cookies.clear()
        return answer

    def shown(self, answer):
        """The page, read."""
        self.html = answer.text
        return read(answer.text)

    @property
    def form_token(self):
        found = re.search(r'name="form_token" value="([^"]+)"', self.html)
        return found[1] if found else ""

    @property
    def key(self):
        """The idempotency key of the first form that has one."""
        return re.search(r'name="key" value="([^"]+)"', self.html)[1]
