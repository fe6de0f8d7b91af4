"""The book's own ladder, as rows, a table and pictures."""
