"""The root fields of Query, by subject; `schema.build` puts them together."""
