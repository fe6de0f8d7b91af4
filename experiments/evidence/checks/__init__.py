"""Checks at every build: answers asked again, trainings, published numbers, sentences."""
