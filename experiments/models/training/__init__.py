"""Training adapters and weights, and keeping them."""
