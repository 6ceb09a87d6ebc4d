"""A browser without scripts: cookies, forms as they stand on the page, redirects that are followed by hand."""

from http.cookies import SimpleCookie

from tests.support import token
from tests.web.help.reading import read

SENT = {
    "subject": "The payout is late",
    "body": "It should be here since **Monday**.",
    "topic": "PAYMENTS",
    "email": "meera@home.example",
    "name": "Meera",
}


class Browser:
    """`answer` is the last answer, `url` where it was."""

    def __init__(self, client):
        self.client = client
        self.cookies = {}
        self.url = self.answer = None

    def get(self, path, **headers):
        self._send("GET", path, headers=headers)
        if self.answer.status_code in (301, 303):
            return self.get(self.answer.headers["location"])
        return self

    def post(self, path, fields, *, follow=True, **headers):
        self._send("POST", path, data=fields, headers=headers)
        if follow and self.answer.status_code == 303:
            return self.get(self.answer.headers["location"])
        return self

    def submit(self, action="", *, headers=None, follow=True, **typed):
        """Send the form of the page with that action, filled in: its hidden fields go along."""
        [form] = [each for each in self.forms if each.get("action_field", "") == action]
        fields = {**form["hidden"], **typed}
        return self.post(form["url"].partition("#")[0], fields, follow=follow, **(headers or {}))

    def sign_in(self, viewer):
        return self.post("/session", {"token": token(viewer), "next": "/account"})

    def ask(self, path="/contact", **more):
        """Ask for help: the reference of the ticket."""
        self.get(path).submit(**(SENT | more))
        assert "/tickets/" in self.url, self.text
        return self.url.partition("/tickets/")[2].partition("?")[0]

    @property
    def status(self):
        return self.answer.status_code

    @property
    def html(self):
        return read(self.answer.text)

    @property
    def text(self):
        return self.html.text

    @property
    def forms(self):
        """Each form that posts, with its hidden fields; a form is named by its field `action`."""
        found = []
        for chunk in self.answer.text.split('<form method="post"')[1:]:
            form = read('<form method="post"' + chunk.partition("</form>")[0] + "</form>")
            hidden = {each.attributes["name"]: each.attributes["value"] for each in form.all("input", type="hidden")}
            url = form.one("form").attributes["action"]
            action = "sign_out" if url.endswith("/session/end") else hidden.get("action", "")
            found.append({"url": url, "hidden": hidden, "action_field": action if "/votes" not in url else "vote"})
        return found

    def offers(self, action):
        return any(each["action_field"] == action for each in self.forms)

    def _send(self, method, path, headers, **options):
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | (
            {"cookie": cookie} if cookie else {}
        )
        self.client.http.cookies.clear()
        self.answer = self.client.http.request(method, path, headers=sent, follow_redirects=False, **options)
        self.client.http.cookies.clear()
        self.url = path
        for line in self.answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies.pop(name, None)
                if morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
