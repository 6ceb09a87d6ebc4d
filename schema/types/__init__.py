"""The types of the schema, one noun a module: values of `kb` with names and descriptions for clients."""
