"""The benchmark `house-words`."""
