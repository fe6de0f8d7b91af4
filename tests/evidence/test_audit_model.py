"""With the real model: another batch may tip a tie, and the audit tells a tie from a lie."""

import json

import pytest

from experiments.evidence.checks.audit import audit_results
from experiments.evidence.checks.run import record
from experiments.evidence.checks.sampling import AuditFailed
from experiments.evidence.studies import records
from experiments.evidence.studies.replay import replay
from experiments.methods.prompting.closed_book import ClosedBook
from tests.evidence.tiny import Lookup, make_study


@pytest.mark.model
def test_honest_answers_of_the_real_model_pass_and_a_forged_one_fails(lamps, tmp_path):
    study = make_study(lamps, arms={"closed book": ClosedBook(), "look-up": Lookup()},
                       limit=8, metrics=("refused",), model="smollm2-135m")
    record(study, tmp_path, progress=False)
    results = replay(study, tmp_path)
    verdicts = audit_results(results, sample=3, seed="a")  # batches of 3, recorded as one of 8
    assert [verdict.kind for verdict in verdicts].count("mismatch") == 0

    path = tmp_path / "lamps" / study.file("look-up", 0)
    rows = [row for _, row in records.read_rows(path)]
    for row in rows:
        row["answer"]["text"] = "7 metres and a half [1]"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    records.seal(path.parent, study.fingerprint)
    with pytest.raises(AuditFailed, match="the model would not say the published text"):
        audit_results(replay(study, tmp_path), sample=1, seed="a")
