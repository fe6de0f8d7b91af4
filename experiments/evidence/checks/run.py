"""Run a study: record its answers, read them, or read them and ask some of them again.

    results = run(study, mode="audit", sample=3)

`record` makes the answers once; a build reads them, and audits a sample.
"""

from collections.abc import Callable
from pathlib import Path

from experiments.core import BookError
from experiments.evidence.checks.audit import audit_results, is_begun, thin, tokens_a_study
from experiments.evidence.studies import records
from experiments.evidence.studies.recorder import record_study
from experiments.evidence.studies.replay import replay
from experiments.evidence.studies.results import Results
from experiments.evidence.studies.study import Study

MODES = ("audit", "replay", "record")
# Called with what each run of a study gives: the book keeps a ledger of what was asked again.
ON_RUN: list[Callable[[Results], None]] = []


def run(study: Study, *, mode: str = "audit", sample: int = 3) -> Results:
    """Return the results: from records with a live audit, from records, or recorded now."""
    if mode not in MODES:
        raise BookError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
    results = _run(study, mode, sample)
    for listener in ON_RUN:
        listener(results)
    return results


def record(study: Study, results: Path | None = None, *, anew: bool = False,
           progress: bool = True) -> None:
    """Answer what is not yet on disk, and seal the study; see `recorder`."""
    record_study(study, results or records.results_folder(), anew=anew, progress=progress)


def _run(study: Study, mode: str, sample: int) -> Results:
    if mode == "record":
        record(study, anew=(records.results_folder() / study.name / records.SEAL).exists())
        return replay(study).stated("live")
    results = replay(study)
    if mode == "replay" or sample == 0:
        return results
    return results.stated("audited", audit_results(
        results, sample=thin(sample, len(study.arms)), most_tokens=tokens_a_study(),
        training=is_begun(study)))
