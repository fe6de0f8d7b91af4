"""The book's own procedure, and what each of its rules rests on."""
