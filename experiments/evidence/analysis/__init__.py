"""What became of answers beyond their score: causes, grounding, leaks, disclosure."""
