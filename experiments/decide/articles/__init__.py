"""The procedures of the articles, as code."""
