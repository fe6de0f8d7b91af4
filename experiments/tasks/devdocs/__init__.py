"""The benchmark `devdocs`."""
