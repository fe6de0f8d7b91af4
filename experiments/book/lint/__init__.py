"""What a chapter has to look like, checked before anything runs."""
