"""Methods that only prompt."""
