"""What every method has to beat, and the ceiling."""
