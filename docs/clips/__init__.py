"""Drawing and encoding of the silent tutorial clips."""
