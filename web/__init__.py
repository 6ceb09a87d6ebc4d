"""Help-center pages, the search widget and the agent desk. They speak the same GraphQL as every other client."""
