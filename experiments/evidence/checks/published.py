"""Every number that the prose states, in data/published.yaml, checked against the records.

    - id: rag-contains
      study: retrieval
      metric: contains
      arm: rag
      minus: closed book        # optional: a paired difference of the two arms
      minus_study: prompting    # optional: where `minus` is an arm of another study; the
                                # difference is that on the questions which both were asked
      unit: percent             # or tokens; seconds depend on the machine: never published
      tolerance: 4.0            # how far a new recording may drift before it is another result
      value: 58.5
      interval: [51.2, 65.4]

Values stand in the entry's unit (percent or, for a difference, points), with one decimal.
`derive_published` fills in value and interval; nobody types them.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.core import BookError
from experiments.core.files import replace_file
from experiments.core.paths import DATA
from experiments.evidence.metrics.registry import KNOWN
from experiments.evidence.stats.statistics import Estimate
from experiments.evidence.studies.grid import restrict
from experiments.evidence.studies.results import COUNTS, Results

PUBLISHED = DATA / "published.yaml"
ROUNDING = 0.05  # half of the last decimal written
_HEADER = ("# Every number that the prose states, in the unit of its entry.\n"
           "# To publish one: add an entry without value and interval, and run\n"
           "# `python -m experiments publish`.\n")


class PublishedDrift(BookError):
    """A published number is not what the records say."""


@dataclass(frozen=True)
class Published:
    """One published number; value and interval are None before they are first derived."""

    id: str
    study: str
    metric: str
    arm: str
    unit: str
    tolerance: float
    minus: str | None = None
    value: float | None = None
    interval: tuple[float, float] | None = None
    minus_study: str | None = None

    @property
    def studies(self) -> tuple[str, ...]:
        """Name the studies whose records it needs: its own, and that of `minus` if another."""
        return (self.study, self.minus_study) if self.minus_study else (self.study,)

    def effect(self) -> float:
        """What the tolerance must stay below, in the entry's unit.

        A difference told apart from zero, and a count of tokens: the value itself. A
        share, and a difference not told apart: half the width of its interval.
        """
        low, high = self.interval
        separated = self.minus is not None and (low > 0 or high < 0)
        return abs(self.value) if separated or self.unit == "tokens" else (high - low) / 2


def read_published(path: Path = PUBLISHED) -> list[Published]:
    """Read all entries and check their form; a missing file publishes nothing."""
    import yaml

    if not path.exists():
        return []
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise BookError(f"{path}: not readable YAML ({error})") from error
    if not isinstance(rows, list):
        raise BookError(f"{path}: expected a list of entries, got {type(rows).__name__}")
    entries = [_read(row, f"{path}, entry {number}") for number, row in enumerate(rows, start=1)]
    ids = [entry.id for entry in entries]
    if twice := [name for name in ids if ids.count(name) > 1]:
        raise BookError(f"{path}: two entries have the id {twice[0]!r}")
    return entries


def check_published(results: Mapping[str, Results] | None = None,
                    path: Path = PUBLISHED) -> list[Published]:
    """Recompute every entry; raise PublishedDrift naming all that differ.

    Records must give value and interval to the last decimal. Values made anew in this
    build (tier live) may drift by the entry's tolerance, up or down.
    """
    entries = read_published(path)
    results = _replayed(entries) if results is None else results
    problems = []
    for entry in entries:
        if entry.value is None or entry.interval is None:
            raise BookError(f"{path}: entry {entry.id!r} has no value yet; run "
                            "`python -m experiments publish`")
        check_tolerance(entry)
        found = recompute(entry, results)
        live = any(results[name].tier == "live" for name in entry.studies)
        problems += _drift(entry, found, live)
    if problems:
        raise PublishedDrift(
            f"{path}: {len(problems)} published numbers are not what the records say:\n  "
            + "\n  ".join(problems) + "\nRestore the file from git; or, if the records were made "
            "anew on purpose, run `python -m experiments publish` and read the prose again."
        )
    return entries


def derive_published(results: Mapping[str, Results] | None = None, path: Path = PUBLISHED) -> int:
    """Rewrite value and interval of every entry from the records; give their number.

    Ids, order and tolerances stay. Raises BookError, and writes nothing, when a
    tolerance is not smaller than the effect it guards.
    """
    import yaml

    entries = read_published(path)
    results = _replayed(entries) if results is None else results
    derived = []
    for entry in entries:
        found = recompute(entry, results)
        value, low, high = (round(number, 1) + 0.0 for number in _numbers(found))
        derived.append(dataclasses.replace(entry, value=value, interval=(low, high)))
        check_tolerance(derived[-1])
    text = _HEADER + yaml.safe_dump([_row(entry) for entry in derived], sort_keys=False,
                                    allow_unicode=True, default_flow_style=None)
    replace_file(path, text.encode())
    return len(derived)


def recompute(entry: Published, results: Mapping[str, Results]) -> Estimate:
    """Return an entry's value and interval from the records, in the entry's unit."""
    for name in entry.studies:
        if name not in results:
            raise BookError(f"published number {entry.id!r}: no study is named {name!r}; "
                            f"known studies: {', '.join(results)}")
    one, other = results[entry.study], results[entry.studies[-1]]
    if entry.minus_study:  # one of the two may have asked the first questions only
        fewer = min(one.examples, other.examples, key=len)
        one, other = restrict(one, fewer), restrict(other, fewer)
    found = (one.estimate(entry.arm, entry.metric) if entry.minus is None
             else one.difference(entry.arm, entry.minus, entry.metric, other=other))
    if found.value is None:
        raise BookError(f"published number {entry.id!r}: {entry.metric} of {entry.arm} could not "
                        "be scored on any question")
    scale = 100 if entry.unit == "percent" else 1
    return dataclasses.replace(found, value=scale * found.value, low=scale * found.low,
                               high=scale * found.high)


def check_tolerance(entry: Published) -> None:
    """Refuse a tolerance that is not smaller than the effect it guards."""
    if not 0 < entry.tolerance < entry.effect():
        raise BookError(f"published number {entry.id!r}: its tolerance {entry.tolerance} must be "
                        f"above 0 and smaller than the effect it guards, {entry.effect():.2f}")


def _drift(entry: Published, found: Estimate, live: bool) -> list[str]:
    """Describe how an entry differs from what was recomputed, if it does."""
    now = _numbers(found)
    if live:
        allowed, gaps = entry.tolerance, [now[0] - entry.value]
    else:
        stated = (entry.value, *entry.interval)
        allowed, gaps = ROUNDING, [b - a for a, b in zip(stated, now, strict=True)]
    if all(abs(gap) <= allowed + 1e-9 for gap in gaps):
        return []
    return [f"{entry.id}: published {entry.value} {list(entry.interval)}, recomputed "
            f"{now[0]:.2f} [{now[1]:.2f}, {now[2]:.2f}] {entry.unit} (allowed: {allowed})"]


def _numbers(found: Estimate) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def _replayed(entries: Sequence[Published]) -> dict[str, Results]:
    """Replay every study that an entry names."""
    from experiments.evidence.studies.declared import declared_studies
    from experiments.evidence.studies.replay import replay

    named = {name for entry in entries for name in entry.studies}
    return {name: replay(study) for name, study in declared_studies().items() if name in named}


def _read(row: object, place: str) -> Published:
    """Check the form of one entry."""
    fields = {field.name for field in dataclasses.fields(Published)}
    if not isinstance(row, dict) or not {"id", "study", "metric", "arm", "unit",
                                         "tolerance"} <= set(row) <= fields:
        raise BookError(f"{place}: expected the fields id, study, metric, arm, unit, tolerance "
                        f"(and minus, minus_study, value, interval), got {row!r}")
    place = f"{place} ({row['id']})"
    if row.get("minus_study") and not row.get("minus"):
        raise BookError(f"{place}: minus_study names the study of `minus`, and there is no minus")
    known = KNOWN if row["unit"] == "percent" else COUNTS
    if row["unit"] not in ("percent", "tokens"):
        raise BookError(f"{place}: unit is percent or tokens, not {row['unit']!r}. Seconds depend "
                        "on the machine and on what else it does: show them in a table.")
    if row["metric"] not in known:
        raise BookError(f"{place}: in {row['unit']} one can publish {', '.join(known)}, "
                        f"not {row['metric']!r}")
    interval = row.get("interval")
    numbers = [row["tolerance"], row.get("value", 0), *(interval or (0, 0))]
    if len(numbers) != 4 or not all(isinstance(n, int | float) for n in numbers):
        raise BookError(f"{place}: value, both ends of interval and tolerance are numbers, "
                        f"got {numbers}")
    return Published(**{**row, "interval": tuple(interval) if interval else None})


def _row(entry: Published) -> dict:
    """Lay an entry out for the file; `minus` and its study only where there is one."""
    row = dataclasses.asdict(entry)
    row["interval"] = list(entry.interval)
    return {name: value for name, value in row.items() if value is not None}
