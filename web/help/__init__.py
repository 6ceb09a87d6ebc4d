"""The help center for readers: pages made on the server, complete without scripts. Each speaks GraphQL and no more."""
