"""Pictures of the pages, and the command that takes them."""
