"""The benchmark `support` and what is made from its products."""
