"""The search log."""

import sqlalchemy as sa
from alembic import op

from kb.store.tables import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "searches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("search_id", sa.String(32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("query", sa.String(200), nullable=False),
        sa.Column("normalised", sa.String(200), nullable=False),
        sa.Column("match", sa.String(16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("audience", sa.String(16), nullable=True),
        sa.Column("generation", sa.String(32), nullable=False),
        sa.Column("staff", sa.Boolean(), nullable=False),
        sa.Column("visitor", sa.String(32), nullable=True),
        sa.Column("opened_page", sa.String(300), nullable=True),
        sa.Column("opened_position", sa.Integer(), nullable=True),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_searches"),
    )
    op.create_index("ix_searches_at", "searches", ["at"])
    op.create_index("ix_searches_search_id_at", "searches", ["search_id", "at"])
    op.create_index("ix_searches_visitor_at", "searches", ["visitor", "at"])


def downgrade() -> None:
    op.drop_table("searches")
