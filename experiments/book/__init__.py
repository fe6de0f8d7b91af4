"""From chapters to a checked book: run, gate, stage, build; and what chapters show."""
