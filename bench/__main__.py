"""All measurements, one after the other: `python -m bench`, or `make bench`. Takes about a quarter of an hour.

One alone: `python -m bench.judged`.
"""

import subprocess
import sys

MODULES = ("judged", "search", "http", "attacks", "pages", "desk", "scale")


def main() -> int:
    """Each in a process of its own; the first failure is the exit code."""
    if sys.argv[1:]:
        print(f"For one measurement: python -m bench.NAME, one of {', '.join(MODULES)}.", file=sys.stderr)
        return 2
    for module in MODULES:
        print(f"bench.{module}", file=sys.stderr)
        code = subprocess.run([sys.executable, "-m", f"bench.{module}"], check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
