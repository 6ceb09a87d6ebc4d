"""What readers look for: the search log, and what it tells about the content."""
