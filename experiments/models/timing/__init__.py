"""What our own speed is compared with, and one prompt timed alone."""
