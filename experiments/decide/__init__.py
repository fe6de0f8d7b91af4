"""The articles' decision procedures as code, and the book's own."""
