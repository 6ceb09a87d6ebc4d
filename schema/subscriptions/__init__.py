"""The root fields of Subscription; `schema.build` puts them together."""
