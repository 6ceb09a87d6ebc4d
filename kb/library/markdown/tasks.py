"""A core rule for task lists as GitHub writes them: `- [ ]` and `- [x]`. The box is a character.

An input without a label tells a screen reader nothing. In one pass: the common plugin looks back to its list from each.
"""

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
_BOX = re.compile(r"\[([ xX])\][ \t\n]+")


def tasks(state: StateCore) -> None:
    """Mark each such item and the list that holds it, and put ☐ or ☑ for its brackets."""
    lists: list[Token] = []
    for index, token in enumerate(state.tokens):
        if token.type in LISTS:
            lists.append(token)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "inline" and _opens_item(state.tokens, index) and _tick(token):
            state.tokens[index - 2].attrs["class"] = "task-list-item"
            lists[-1].attrs["class"] = "contains-task-list"


def _opens_item(tokens: list[Token], index: int) -> bool:
    return [each.type for each in tokens[max(0, index - 2) : index]] == ["list_item_open", "paragraph_open"]


def _tick(inline: Token) -> bool:
    match = _BOX.match(inline.content)
    first = inline.children[0] if inline.children else None
    if match is None or first is None or first.type != "text" or not first.content.startswith(match.group()[:3]):
        return False
    box = "☐" if match.group(1) == " " else "☑"
    inline.content = box + inline.content[3:]
    first.content = box + first.content[3:]
    return True
