"""Know or Behave: prompting, RAG, fine-tuning and RAFT on the same questions."""
