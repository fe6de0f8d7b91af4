"""Methods that train."""
