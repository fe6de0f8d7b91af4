"""What every declared arm is hashed to: records, seals and trainings stand under these names.

A changed class name, dataclass field, prompt text or document shows here, arm by arm, before it
shows as hundreds of records that no longer fit. After declaring a study, add its arms:

    python -m tests.evidence.test_fingerprints_stay
"""

import json
from functools import cache
from pathlib import Path

from experiments.evidence.studies.declared import declared_studies
from experiments.methods.bench import open_bench

PINNED = Path(__file__).parent / "fingerprints.json"
DIGITS = 8


def fingerprints() -> dict[str, dict[str, str]]:
    """Return the first digits of each declared arm's fingerprint, by study and arm."""
    opened = cache(open_bench)
    return {name: {arm: opened(study.task, study.model).fingerprint(recipe)[:DIGITS]
                   for arm, recipe in sorted(study.arms.items())}
            for name, study in sorted(declared_studies().items())}


def test_no_declared_arm_has_another_fingerprint_and_no_weights_are_loaded(monkeypatch):
    def load(*_):
        raise AssertionError("a fingerprint loaded weights")

    monkeypatch.setattr("experiments.models.registry.load_model", load)
    monkeypatch.setattr("experiments.models.training.workshop.tuned_model", load)
    monkeypatch.setattr("experiments.retrieval.search.embed.Embedder.__init__", load)
    pinned = json.loads(PINNED.read_text())
    changed = {f"{study}: {arm}": (pinned.get(study, {}).get(arm), found)
               for study, arms in fingerprints().items() for arm, found in arms.items()
               if found != pinned.get(study, {}).get(arm)}
    assert not changed


if __name__ == "__main__":
    PINNED.write_text(json.dumps(fingerprints(), indent=0, ensure_ascii=False) + "\n")
