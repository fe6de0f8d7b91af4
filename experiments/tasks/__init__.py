"""Tasks: documents with questions about them, shipped or a reader's own, in one folder format."""
