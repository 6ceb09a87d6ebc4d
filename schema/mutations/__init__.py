"""The root fields of Mutation, by subject; `schema.build` puts them together."""
