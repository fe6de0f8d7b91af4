"""The benchmark `clauses`."""
