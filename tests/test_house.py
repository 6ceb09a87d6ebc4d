"""What import-linter cannot see: `server.py` is a module, not a package."""

import ast

from tests.support import TOP


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_only_the_command_line_stands_above_the_server():
    modules = [path for folder in ("kb", "schema", "search", "web") for path in (TOP / folder).rglob("*.py")]
    above = {path.relative_to(TOP).as_posix() for path in modules if "server" in imports(path)}
    assert above == {"kb/cli.py"}
    assert "kb.cli" not in set(imports(TOP / "server.py"))


def test_only_the_server_and_the_command_line_read_settings():
    modules = [
        *(path for folder in ("kb", "schema", "search", "web") for path in (TOP / folder).rglob("*.py")),
        TOP / "server.py",
    ]
    readers = {path.relative_to(TOP).as_posix() for path in modules if "kb.settings" in imports(path)}
    assert readers == {"kb/cli.py", "server.py"}
