"""What chapters are written in: layout, notebooks, table of contents, prose, references."""
