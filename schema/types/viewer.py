"""Viewer: who the service takes the asking person for."""

import strawberry

from kb import viewer
from kb.viewer import Plan, Role


@strawberry.type(description="The person who looks after an account.")
class AccountManager:
    name: str = strawberry.field(description="The name.")
    email: str = strawberry.field(description="The e-mail address.")


@strawberry.type(description="Who the service takes the asking person for, as the host app's token says.")
class Viewer:
    role: Role = strawberry.field(description="Visitor where no token was sent.")
    name: str | None = strawberry.field(description="The name.")
    email: str | None = strawberry.field(description="The e-mail address.")
    plan: Plan | None = strawberry.field(description="The plan, for merchants.")
    account_manager: AccountManager | None = strawberry.field(
        description="The account manager, where the host app names one."
    )
    teams: list[str] = strawberry.field(description="A specialist's departments.")


def viewer_type(each: viewer.Viewer) -> Viewer:
    manager = each.account_manager
    return Viewer(
        role=each.role,
        name=each.name,
        email=each.email,
        plan=each.plan,
        account_manager=AccountManager(name=manager.name, email=manager.email) if manager else None,
        teams=list(each.teams),
    )
