"""Milliseconds and ratios, measured on a quiet machine."""
