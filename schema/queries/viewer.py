"""`viewer`: who is asking."""

import strawberry

from schema.context import Info
from schema.types.viewer import Viewer, viewer_type


@strawberry.type
class ViewerQueries:
    @strawberry.field(description="Who is asking.")
    def viewer(self, info: Info) -> Viewer:
        return viewer_type(info.context.viewer)
