"""Answering: prompts to tokens, quickly."""
