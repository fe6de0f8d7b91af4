"""Dated prices and what the measured tokens and seconds cost at them."""
