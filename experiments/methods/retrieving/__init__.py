"""Methods that search first."""
