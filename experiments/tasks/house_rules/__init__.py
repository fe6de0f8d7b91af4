"""The benchmark `house-rules`."""
