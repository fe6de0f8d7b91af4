"""Pages that no notebook makes: status, claims, calculator, comparison, the front page's parts."""
