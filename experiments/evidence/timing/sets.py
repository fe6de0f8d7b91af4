"""The sets of timings that `python -m experiments time NAME` records."""

from experiments.core import BookError
from experiments.evidence.timing import latency as timed_latency
from experiments.evidence.timing import vectors as timed_vectors
from experiments.evidence.timing.timings import Settings

# Name -> what gives {setting: function that measures it}.
SETS = {"vectors": timed_vectors.settings, "latency": timed_latency.settings}


def known_settings(name: str) -> Settings:
    """Return the settings of a set, ready to be measured. Raises BookError for another name."""
    if name not in SETS:
        raise BookError(f"unknown timings {name!r}; known are: {', '.join(SETS)}")
    return SETS[name]()
