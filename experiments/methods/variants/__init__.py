"""Methods changed in one thing: fewer examples, other passages, another task, another day."""
