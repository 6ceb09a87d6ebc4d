"""schemathesis on the URL: generated documents for each root field, asked by a manager, and no answer is a server error.

Refusals of what is too costly or makes no sense are errors, too, and right: only the check for server errors runs.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from kb.viewer import Role, Viewer
from tests.serving import PATIENCE, serving
from tests.support import JWT_SECRET, token

AT_LEAST = 300
A_FIELD = 300 if os.environ.get("KB_PROVE") else 10


def test_no_generated_document_is_a_server_error(tmp_path):
    manager = token(Viewer(role=Role.MANAGER, subject="manager-1", name="Meera Joshi"))
    with serving(tmp_path / "var", KB_RATE_LIMITS="off", KB_JWT_SECRET=JWT_SECRET) as (_, url):
        command = [
            *(Path(sys.executable).with_name("schemathesis"), "run", f"{url}/graphql"),
            *("--checks", "not_a_server_error", "--phases", "fuzzing"),
            *("--max-examples", str(A_FIELD), "--seed", "20261122"),
            *("--header", f"Authorization: Bearer {manager}"),
        ]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE * 5, check=False)
    assert ran.returncode == 0, ran.stdout
    [(generated, passed)] = re.findall(r"(\d+) generated, (\d+) passed", ran.stdout)
    assert int(generated) == int(passed) >= AT_LEAST
    log = (tmp_path / "output").read_text()
    assert log.count("] request ") >= int(generated)
    assert "] bug " not in log
    assert "status=500" not in log
