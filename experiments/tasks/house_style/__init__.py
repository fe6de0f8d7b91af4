"""The benchmark `house-style`."""
