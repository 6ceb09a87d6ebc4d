"""The schema put together: `python -m schema.build` prints it."""

from functools import cache

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.mutations.agents import AgentMutations
from schema.mutations.escalations import EscalationMutations
from schema.mutations.feedback import FeedbackMutations
from schema.mutations.insights import InsightsMutations
from schema.mutations.policies import PolicyMutations
from schema.mutations.privacy import PrivacyMutations
from schema.mutations.tickets import TicketMutations
from schema.queries.feedback import FeedbackQueries
from schema.queries.insights import InsightsQueries
from schema.queries.library import LibraryQueries
from schema.queries.search import SearchQueries
from schema.queries.support import SupportQueries
from schema.queries.tickets import TicketQueries
from schema.queries.viewer import ViewerQueries
from schema.subscriptions.tickets import TicketSubscriptions
from schema.types.article import Article
from schema.types.category import Category
from schema.types.event import TicketEvent
from schema.types.feedback import Feedback
from schema.types.message import TicketMessage
from schema.types.policy import Policy
from schema.types.scalars import SCALARS
from schema.types.ticket import Ticket
from schema.types.tutorial import Tutorial


@strawberry.type(description="Everything that can be asked.")
class Query(
    LibraryQueries, SearchQueries, ViewerQueries, SupportQueries, TicketQueries, FeedbackQueries, InsightsQueries
):
    pass


@strawberry.type(description="Everything that can be done. Expected failures are told in `userErrors`.")
class Mutation(
    TicketMutations,
    EscalationMutations,
    AgentMutations,
    FeedbackMutations,
    PolicyMutations,
    PrivacyMutations,
    InsightsMutations,
):
    pass


@strawberry.type(description="Everything that can be followed as it happens, over graphql-transport-ws.")
class Subscription(TicketSubscriptions):
    pass


TYPES = [Article, Tutorial, Policy, Category, Ticket, TicketMessage, TicketEvent, Feedback]
CONFIG = StrawberryConfig(scalar_map=SCALARS)


@cache
def build_schema() -> strawberry.Schema:
    """The one schema of the service, of a process: nothing changes it."""
    return strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription, types=TYPES, config=CONFIG)


def printed() -> str:
    """The schema as text, in the order of its names."""
    return build_schema().as_str() + "\n"


if __name__ == "__main__":
    print(printed(), end="")  # noqa: T201
