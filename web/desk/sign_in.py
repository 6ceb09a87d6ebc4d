"""`/desk/sign-in`: the host app's token, pasted. `POST /session` keeps it in a cookie until it ends."""

from web.desk.page import Page
from web.desk.queue import PATH as QUEUE
from web.desk.visit import Visit
from web.help.site import own_path


async def sign_in(visit: Visit) -> Page | str:
    back = own_path(visit.parameter("back") or visit.addresses.path(QUEUE))
    why = visit.words("sign_in_refused") if "refused" in visit.request.query_params else ""
    values = {"back": back, "why": why, "action": None}
    return Page(template="desk/sign-in.html", title=visit.words("sign_in"), values=values)
