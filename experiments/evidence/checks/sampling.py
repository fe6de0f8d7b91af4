"""By what seed a build draws what it asks again, and the error where an answer differs."""

import os
from datetime import UTC, datetime

from experiments.core import BookError
from experiments.core.machine import commit

SEED_VARIABLE = "KNOW_OR_BEHAVE_AUDIT_SEED"


class AuditFailed(BookError):
    """A live answer differs from its record beyond what floating point explains."""


def default_seed() -> str:
    """Seed of the day's sample: the environment's, else the commit, else the date."""
    head = commit().removesuffix("-dirty")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return os.environ.get(SEED_VARIABLE) or (today if head == "unknown" else head)
