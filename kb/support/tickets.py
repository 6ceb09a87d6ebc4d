"""What people do with a ticket as a whole: open it, say where it belongs, resolve, reopen and rate it."""

from kb.support.changing import TicketChanges, auto_close, auto_resolve, reopen, resolve, update
from kb.support.opening import Created, NewTicket, create
from kb.support.satisfaction import rate

__all__ = [
    "Created",
    "NewTicket",
    "TicketChanges",
    "auto_close",
    "auto_resolve",
    "create",
    "rate",
    "reopen",
    "resolve",
    "update",
]
