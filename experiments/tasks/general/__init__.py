"""The suite `general`."""
