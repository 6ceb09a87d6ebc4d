"""The support desk: the business calendar, promises and when they are due, the channels at a moment."""
