"""Find passages: load, cut, embed, index, search. Knows nothing of questions and answers."""
