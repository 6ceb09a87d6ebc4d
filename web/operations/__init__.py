"""The operations of our own pages, widget and desk, a `.graphql` file each. The service knows them by their SHA-256."""

from pathlib import Path

OPERATIONS = Path(__file__).parent
