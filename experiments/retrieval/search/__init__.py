"""Passages to hits: by meaning, by words, fused, reranked, filtered."""
