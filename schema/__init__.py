"""GraphQL: types, queries, mutations, subscriptions and the HTTP endpoint. Thin over `kb` and `search`."""
