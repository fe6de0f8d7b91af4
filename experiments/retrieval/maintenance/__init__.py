"""An index over time: approximate, updated, deleted from, moved to another embedder."""
