"""Node: whatever has an id that is good everywhere and for good."""

import strawberry

from schema.caching import public_type


@public_type()
@strawberry.interface(description="Whatever can be fetched again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque, good everywhere, the same after a rename.")
