"""The schema put together: `python -m schema.build` prints it."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.mutations.insights import InsightsMutations
from schema.queries.insights import InsightsQueries
from schema.queries.library import LibraryQueries
from schema.queries.search import SearchQueries
from schema.queries.support import SupportQueries
from schema.queries.viewer import ViewerQueries
from schema.types.article import Article
from schema.types.category import Category
from schema.types.policy import Policy
from schema.types.scalars import SCALARS
from schema.types.tutorial import Tutorial


@strawberry.type(description="Everything that can be asked.")
class Query(LibraryQueries, SearchQueries, ViewerQueries, SupportQueries, InsightsQueries):
    pass


@strawberry.type(description="Everything that can be done. Expected failures are told in `userErrors`.")
class Mutation(InsightsMutations):
    pass


TYPES = [Article, Tutorial, Policy, Category]
CONFIG = StrawberryConfig(scalar_map=SCALARS)


def build_schema() -> strawberry.Schema:
    """The one schema of the service."""
    return strawberry.Schema(query=Query, mutation=Mutation, types=TYPES, config=CONFIG)


def printed() -> str:
    """The schema as text, in the order of its names."""
    return build_schema().as_str() + "\n"


if __name__ == "__main__":
    print(printed(), end="")  # noqa: T201
