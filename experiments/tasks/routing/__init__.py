"""The benchmark `routing`."""
