"""The support desk."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kb.store.tables import Moment

revision = "0002"
down_revision = "0001"
TABLES = [
    "escalation_updates",
    "citations",
    "targets",
    "messages",
    "events",
    "escalations",
    "due_work",
    "tickets",
    "outbox",
    "follows",
    "feedback",
    "acknowledgements",
    "votes",
    "policy_versions",
    "people",
    "idempotency",
    "erasures",
    "data_links",
    "announcements",
]
"""In the order in which they can be dropped."""


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("page_id", sa.String(300), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sa.UniqueConstraint("page_id", name="uq_announcements_page_id"),
    )
    op.create_table(
        "data_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_links"),
        sa.UniqueConstraint("token_hash", name="uq_data_links_token_hash"),
    )
    op.create_index("ix_data_links_email_key", "data_links", ["email_key"])
    op.create_table(
        "erasures",
        sa.Column("at", Moment(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("feedback", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
    )
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("operation", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("input_hash", sa.String(64), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency"),
        sa.UniqueConstraint("actor", "operation", "key", name="uq_idempotency_actor_operation_key"),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])
    op.create_table(
        "people",
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("email_key", sa.String(64), nullable=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("plan", sa.String(32), nullable=True),
        sa.Column("manager_name", sa.String(200), nullable=True),
        sa.Column("manager_email", sa.String(254), nullable=True),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.Column("conduct", sa.String(32), nullable=False),
        sa.Column("conduct_reason", sa.Text(), nullable=True),
        sa.Column("conduct_until", Moment(), nullable=True),
        sa.Column("conduct_at", Moment(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("key", name="uq_people_key"),
    )
    op.create_index("ix_people_email_key", "people", ["email_key"])
    op.create_table(
        "policy_versions",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("page_id", sa.String(300), nullable=False),
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("terms", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("stored_at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy_versions"),
        sa.UniqueConstraint("hash", name="uq_policy_versions_hash"),
    )
    op.create_table(
        "votes",
        sa.Column("page_id", sa.String(300), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
        sa.Column("voter", sa.String(64), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_votes"),
        sa.UniqueConstraint("page_id", "voter", name="uq_votes_page_id_voter"),
    )
    op.create_index("ix_votes_at", "votes", ["at"])
    op.create_index("ix_votes_voter", "votes", ["voter"])
    op.create_table(
        "acknowledgements",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.String(300), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_acknowledgements_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_acknowledgements"),
        sa.UniqueConstraint("person_id", "page_id", name="uq_acknowledgements_person_id_page_id"),
    )
    op.create_table(
        "feedback",
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("page_id", sa.String(300), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_feedback_author_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.UniqueConstraint("reference", name="uq_feedback_reference"),
    )
    op.create_index("ix_feedback_author_id", "feedback", ["author_id", "created_at"])
    op.create_index("ix_feedback_created_at", "feedback", ["created_at", "id"])
    op.create_index("ix_feedback_page_id", "feedback", ["page_id"])
    op.create_table(
        "follows",
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_follows_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_follows"),
        sa.UniqueConstraint("slug", "email_key", name="uq_follows_slug_email_key"),
    )
    op.create_index("ix_follows_person_id", "follows", ["person_id"])
    op.create_index("ix_follows_slug", "follows", ["slug"])
    op.create_table(
        "outbox",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed_at", Moment(), nullable=True),
        sa.Column("error", sa.String(200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_outbox_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["failed_at", "due_at"])
    op.create_index("ix_outbox_person_id", "outbox", ["person_id"])
    op.create_table(
        "tickets",
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("plan", sa.String(32), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("audience", sa.String(32), nullable=True),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("order_reference", sa.String(100), nullable=True),
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("policy_version_id", sa.Uuid(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.String(64), nullable=True),
        sa.Column("read_before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_comment", sa.Text(), nullable=True),
        sa.Column("rated_at", Moment(), nullable=True),
        sa.Column("queue_key", sa.String(48), nullable=False),
        sa.Column("next_due_at", Moment(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("breached", sa.Boolean(), nullable=False),
        sa.Column("escalation_level", sa.String(32), nullable=True),
        sa.Column("escalation_state", sa.String(32), nullable=True),
        sa.Column("escalation_team", sa.String(64), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["people.id"], name="fk_tickets_assignee_id_people"),
        sa.ForeignKeyConstraint(
            ["policy_version_id"], ["policy_versions.id"], name="fk_tickets_policy_version_id_policy_versions"
        ),
        sa.ForeignKeyConstraint(["requester_id"], ["people.id"], name="fk_tickets_requester_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("reference", name="uq_tickets_reference"),
    )
    op.create_index("ix_tickets_assignee_id", "tickets", ["assignee_id"])
    op.create_index("ix_tickets_created_at", "tickets", ["created_at", "id"])
    op.create_index("ix_tickets_queue", "tickets", ["queue_key", "id"])
    op.create_index("ix_tickets_requester_id", "tickets", ["requester_id", "updated_at"])
    op.create_index("ix_tickets_status", "tickets", ["status"])
    op.create_index("ix_tickets_updated_at", "tickets", ["updated_at", "id"])
    op.create_table(
        "due_work",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_due_work_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_due_work"),
        sa.UniqueConstraint("kind", "subject_id", name="uq_due_work_kind_subject_id"),
    )
    op.create_index("ix_due_work_due_at", "due_work", ["due_at"])
    op.create_index("ix_due_work_ticket_id", "due_work", ["ticket_id"])
    op.create_table(
        "escalations",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("team", sa.String(64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("review_started_at", Moment(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name="fk_escalations_reviewer_id_people"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_escalations_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_escalations"),
    )
    op.create_index("ix_escalations_ticket_id_at", "escalations", ["ticket_id", "requested_at"])
    op.create_table(
        "events",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name="fk_events_actor_id_people"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_events_ticket_id_tickets", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.UniqueConstraint("ticket_id", "place", name="uq_events_ticket_id_place"),
    )
    op.create_index("ix_events_at", "events", ["at", "id"])
    op.create_table(
        "messages",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_messages_author_id_people"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_messages_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_ticket_id_at", "messages", ["ticket_id", "created_at", "id"])
    op.create_table(
        "targets",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("level", sa.String(32), nullable=True),
        sa.Column("promise", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("met_at", Moment(), nullable=True),
        sa.Column("dropped_at", Moment(), nullable=True),
        sa.Column("breached_at", Moment(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_targets_ticket_id_tickets", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_targets"),
    )
    op.create_index("ix_targets_breached_at", "targets", ["breached_at"])
    op.create_index("ix_targets_met_at", "targets", ["met_at"])
    op.create_index("ix_targets_ticket_id_started_at", "targets", ["ticket_id", "started_at"])
    op.create_table(
        "citations",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.String(300), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("cited_at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_citations_message_id_messages", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_citations_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_citations"),
    )
    op.create_index("ix_citations_message_id", "citations", ["message_id"])
    op.create_index("ix_citations_page_id", "citations", ["page_id"])
    op.create_index("ix_citations_ticket_id", "citations", ["ticket_id"])
    op.create_table(
        "escalation_updates",
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_escalation_updates_author_id_people"),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalations.id"],
            name="fk_escalation_updates_escalation_id_escalations",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_escalation_updates"),
    )
    op.create_index("ix_escalation_updates_escalation_id", "escalation_updates", ["escalation_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
