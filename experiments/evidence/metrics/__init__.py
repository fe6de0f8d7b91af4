"""Scores: one answer against what is right, one number or None."""
