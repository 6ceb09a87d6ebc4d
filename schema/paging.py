"""The arguments that every connection has, described once."""

from typing import Annotated

import strawberry

First = Annotated[
    int | None, strawberry.argument(description="How many from the beginning, 1 to 100; 20 where nothing is said.")
]
After = Annotated[str | None, strawberry.argument(description="Only what stands after this cursor.")]
Last = Annotated[
    int | None, strawberry.argument(description="How many from the end, 1 to 100; not together with `first`.")
]
Before = Annotated[str | None, strawberry.argument(description="Only what stands before this cursor.")]
Locale = Annotated[
    str | None, strawberry.argument(description="A BCP 47 tag. Left out: Accept-Language, else the default locale.")
]
