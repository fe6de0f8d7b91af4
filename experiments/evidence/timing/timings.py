"""Timings as records: raw milliseconds of a quiet machine, kept in data/timings/NAME.json.

A real setting, folded:

    "1,000,000 vectors": {"ms": {"exact": [161.2, 158.9, ...], "by default": [2.1, ...]},
                          "counts": {"vectors": 1000000, "recall by default": 0.71, ...},
                          "machine": {"hardware": "...", ...}, "load": [[0.1, 0.6, 1.2], ...],
                          "others": 0.01}

Chapters are built two at a time, so a build cannot time anything well. It computes medians
and percentiles from these numbers, and measures a few settings again as its audit.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from experiments.core import BookError
from experiments.core.files import replace_file
from experiments.core.machine import describe_machine
from experiments.core.paths import DATA, cache_folder
from experiments.evidence.studies.records import append, mend
from experiments.evidence.timing.machine_load import (
    MOST_MEANWHILE,
    PATIENCE_SECONDS,
    Watch,
    expect_quiet,
    loads,
)

TIMINGS = DATA / "timings"
DIGITS = 3  # of a millisecond
TRIES = 3


@dataclass(frozen=True)
class Taken:
    """What one setting took: milliseconds by stage in order, and what could be counted."""

    ms: Mapping[str, Sequence[float]]
    counts: Mapping[str, float]


Settings = Mapping[str, Callable[[], Taken]]


@dataclass(frozen=True)
class Timings:
    """A recorded set, as read and checked by `read_timings`."""

    name: str
    settings: Mapping[str, Mapping]

    def ms(self, setting: str, stage: str) -> list[float]:
        """Return the milliseconds of each repetition. Raises BookError for an unknown name."""
        return self._part(setting, "ms", stage)

    def count(self, setting: str, what: str) -> float:
        """Return what was counted. Raises BookError for an unknown name."""
        return self._part(setting, "counts", what)

    def tier_line(self) -> str:
        """Return where and when this was measured, on how quiet a machine."""
        rows = self.settings.values()
        hardware = "; ".join(sorted({row["machine"]["hardware"] for row in rows}))
        days = sorted({row["machine"]["date"][:10] for row in rows})
        when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        worst = max(row["others"] for row in rows)
        return (f"Recorded: {hardware}, {when}, one query at a time on a quiet machine (other "
                f"processes had {worst:.0%} of it at most).")

    def stages(self, setting: str) -> list[str]:
        """Name what was timed, in its order. Raises BookError for an unknown setting."""
        if setting not in self.settings:
            raise BookError(f"timings {self.name!r} have no setting {setting!r}; they have: "
                            f"{', '.join(self.settings)}. Measure what is missing: "
                            f"`python -m experiments time {self.name}`.")
        return list(self.settings[setting]["ms"])

    def _part(self, setting: str, kind: str, name: str):
        self.stages(setting)
        found = self.settings[setting][kind]
        if name not in found:
            raise BookError(f"setting {setting!r} of timings {self.name!r} has no {kind} named "
                            f"{name!r}; it has: {', '.join(found)}")
        return found[name]


def record_timings(name: str, settings: Settings, *, anew: bool = False) -> Path:
    """Measure what is not measured yet, on a quiet machine, and seal it; give the file.

    A killed run goes on with the setting in which it stopped. Raises BookError when other
    processes keep the machine busy at the start, for minutes later on, or in every try.
    """
    path, partial = TIMINGS / f"{name}.json", cache_folder("timings") / f"{name}.jsonl"
    if anew:
        partial.unlink(missing_ok=True)
    done = {} if anew or not path.exists() else dict(read_timings(name).settings)
    done |= dict(_kept(partial))
    wanted = [each for each in settings if each not in done]
    if wanted:
        expect_quiet()
    else:
        print(f"all {len(settings)} settings are measured; --anew measures them again")
    for number, setting in enumerate(wanted, 1):
        print(f"{name} {number}/{len(wanted)}: {setting}", file=sys.stderr, flush=True)
        expect_quiet(PATIENCE_SECONDS)
        done[setting] = _measured(setting, settings[setting])
        append(partial, [{"setting": setting, **done[setting]}], again=f"time {name}")
    _seal(path, name, {each: done[each] for each in settings})
    partial.unlink(missing_ok=True)
    return path


def read_timings(name: str) -> Timings:
    """Read a set and check its seal. Raises BookError for a missing, torn or edited file."""
    path = TIMINGS / f"{name}.json"
    restore = f"Restore it from git, or run `python -m experiments time {name} --anew`."
    if not path.exists():
        raise BookError(f"{path}: expected recorded timings, but there are none. Measure them on "
                        f"a quiet machine: `python -m experiments time {name}`.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        settings, seal = content["settings"], content["seal"]
    except (ValueError, KeyError, TypeError) as error:
        raise BookError(f"{path}: not a file of timings ({error!r}). {restore}") from error
    if seal != _hash(name, settings):
        raise BookError(f"{path}: changed since it was sealed. {restore}")
    return Timings(name, settings)


def check_again(recorded: Timings, setting: str, taken: Taken, *, same: Sequence[str] = (),
                near: Mapping[str, float] | None = None, factor: float = 30) -> str:
    """Compare a setting that was measured again in this build; give the sentence for the page.

    Counts in `same` must be equal, those in `near` within their tolerance. The fastest
    repetition must be within `factor` of the recorded median, either way: two models on two
    cores slow each other down by ten and more. Raises BookError else.
    """
    wrong = []
    for what, tolerance in {**dict.fromkeys(same, 0.0), **(near or {})}.items():
        before, now = recorded.count(setting, what), taken.counts[what]
        if abs(before - now) > tolerance:
            wrong.append(f"{what} was {before:g} and is {now:g}")
    for stage, again in taken.ms.items():
        before, now = median(recorded.ms(setting, stage)), min(again)
        if not before / factor <= now <= before * factor:
            wrong.append(f"{stage} took {before:.1f} ms and takes {now:.1f} ms")
    if wrong:
        raise BookError(f"timings {recorded.name!r}, {setting}: measured again in this build, "
                        f"{'; '.join(wrong)}. Find out what changed, or measure anew: "
                        f"`python -m experiments time {recorded.name} --anew`.")
    counted = ", ".join([*same, *(near or {})]) or "nothing counted"
    return (f"{setting}: measured again in this build: {counted} as recorded, time within "
            f"a factor of {factor:g}.")


def _measured(setting: str, work: Callable[[], Taken]) -> dict:
    """Measure one setting, again where others computed meanwhile, TRIES times at most."""
    for _ in range(TRIES):
        before, watch = loads(), Watch()
        taken = work()
        if (others := watch.others()) <= MOST_MEANWHILE:
            break
    else:
        raise BookError(f"{setting}: other processes had {others:.0%} of the processors while it "
                        f"was measured (at most {MOST_MEANWHILE:.0%}). It is not kept; "
                        "all settings before it are. Run this again on a quiet machine.")
    return {"ms": {stage: [round(one, DIGITS) for one in values]
                   for stage, values in taken.ms.items()},
            "counts": dict(taken.counts), "machine": describe_machine(),
            "load": [before, loads()], "others": round(others, 3)}


def _kept(partial: Path) -> Iterator[tuple[str, dict]]:
    """Yield the settings that an unfinished run left behind."""
    mend(partial)
    lines = partial.read_text(encoding="utf-8").splitlines() if partial.exists() else []
    for row in map(json.loads, lines):
        yield row.pop("setting"), row


def _seal(path: Path, name: str, settings: Mapping[str, Mapping]) -> None:
    """Write a set with its hash, one setting a line, in one step."""
    lines = ",\n".join(f"{json.dumps(each)}: {json.dumps(row)}" for each, row in settings.items())
    text = f'{{"seal": "{_hash(name, settings)}",\n"settings": {{\n{lines}\n}}}}\n'
    replace_file(path, text.encode())


def _hash(name: str, settings: Mapping) -> str:
    return hashlib.sha256(json.dumps([name, settings]).encode()).hexdigest()
