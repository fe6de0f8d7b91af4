"""Know or Behave: prompting, RAG, fine-tuning and RAFT on the same questions."""

import os

# A thread of torch that waits for another one spins for so many rounds before it sleeps. With the
# default, some 30 times as many, a busy neighbour on one core makes answering take many times as
# long. OpenMP reads this once, when torch is loaded: so it stands where every entry begins.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
