"""A month at the desk, made up: tickets in every state, escalations, feedback, votes, searches. For development alone.

All of it goes through the functions that the service itself uses, each at the moment at which it is said to happen.
"""

from kb.demo.month import Told, already_there, fill

__all__ = ["Told", "already_there", "fill"]
