"""From the outbox to people and programs: mail, webhooks, live updates; and the work that falls due."""
