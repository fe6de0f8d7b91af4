"""Is the machine quiet? Milliseconds mean something only where nothing else computes.

    expect_quiet()                       raises BookError when others keep the processors busy
    watch = Watch(); ...; watch.others() -> 0.01, the share of all processors that others had

Linux counts the time of each processor by kind in /proc/stat. User time that is not ours is
somebody else's, and so is what a hypervisor stole. The kernel's own time is left out while we
measure: much of it is spent for us, on writing files. Elsewhere the load average must do.
"""

import os
import time
from pathlib import Path

from experiments.core import BookError

MOST_OTHERS = 0.10  # of all processors, before we begin
MOST_MEANWHILE = 0.20  # while we measure: percentiles of many repetitions bear a short visitor
SAMPLED_SECONDS = 2.0
LEAST_SECONDS = 0.1  # what others had is judged from here on: clock ticks are coarse
PATIENCE_SECONDS = 120.0
STAT = Path("/proc/stat")
USER, NICE, SYSTEM, IDLE, WAITING, STOLEN = 0, 1, 2, 3, 4, 7  # columns of its first line


def expect_quiet(patience_seconds: float = 0.0) -> float:
    """Watch the machine for two seconds; give the busy share of all its processors.

    Raises BookError when others keep more than MOST_OTHERS of it busy, and go on doing so
    for `patience_seconds`.
    """
    until = time.monotonic() + patience_seconds
    share = busy_share()
    while share > MOST_OTHERS and time.monotonic() < until:
        share = busy_share()
    if share > MOST_OTHERS:
        raise BookError(
            f"expected a quiet machine, but other processes keep {share:.0%} of its processors "
            f"busy (at most {MOST_OTHERS:.0%}); load average {loads_text()}. Stop them, or wait, "
            "and run this again: what was measured is kept.")
    return share


def busy_share() -> float:
    """Return the share of all processors that is busy while this process sleeps."""
    before = read_ticks()
    if before is None:
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    time.sleep(SAMPLED_SECONDS)
    return share_of(before, read_ticks())


def share_of(before: list[int], after: list[int]) -> float:
    """Divide what was neither idle nor waiting for a disk by all ticks between two readings."""
    gaps = [b - a for a, b in zip(before, after, strict=True)]
    total = sum(gaps)
    return 1 - (gaps[IDLE] + gaps[WAITING]) / total if total else 0.0


def read_ticks(path: Path = STAT) -> list[int] | None:
    """Read the clock ticks of all processors by kind; None where the system has no such file."""
    if not path.exists():
        return None
    first = path.read_text(encoding="ascii").splitlines()[0].split()
    return [int(number) for number in first[1:9]]


def loads() -> list[float]:
    """Return the load averages of one, five and fifteen minutes."""
    return [round(load, 2) for load in os.getloadavg()]


def loads_text() -> str:
    """Write the load averages for people."""
    return ", ".join(f"{load:.1f}" for load in loads())


class Watch:
    """Knows, from when it was made, what share of the processors others had."""

    def __init__(self) -> None:
        self.ticks, self.own = read_ticks(), _own_seconds()

    def others(self) -> float:
        """Return the others' share of all processors so far; 0 where too little time has passed."""
        now = read_ticks()
        if self.ticks is None or now is None:
            return 0.0
        return others_of(self.ticks, now, _own_seconds() - self.own, os.sysconf("SC_CLK_TCK"))


def others_of(before: list[int], after: list[int], own_seconds: float, ticks: int) -> float:
    """Return the share of others between two readings; `ticks` are those of a second."""
    gaps = [(b - a) / ticks for a, b in zip(before, after, strict=True)]
    foreign = gaps[USER] + gaps[NICE] + gaps[STOLEN] - own_seconds
    return foreign / sum(gaps) if foreign > LEAST_SECONDS else 0.0


def _own_seconds() -> float:
    """User seconds of this process, its threads, and the children it has waited for."""
    spent = os.times()
    return spent.user + spent.children_user
