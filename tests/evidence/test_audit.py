"""The audit finds records that a fresh seal and fresh scores would hide."""

import json
import random

import pytest

from experiments.core import BookError
from experiments.evidence.checks import audit as room
from experiments.evidence.checks import sampling
from experiments.evidence.checks.audit import (
    TOKENS_A_BUILD,
    afford,
    audit,
    audit_results,
    draw,
    thin,
    tokens_a_study,
)
from experiments.evidence.checks.run import record
from experiments.evidence.checks.sampling import AuditFailed
from experiments.evidence.studies import records
from experiments.evidence.studies.replay import replay
from experiments.evidence.studies.study import scores_of
from experiments.models.fake import FakeGenerator
from tests.evidence.tiny import make_study

EVERY = 42  # questions of the study


@pytest.fixture
def forge(results, study):
    """Change the answers of an arm, with scores and seal to match."""

    def change(edit, arm="look-up"):
        path = results / "lamps" / study.file(arm, 0)
        bench = study.open()
        examples = {e.id: e for e in bench.examples("test")}
        rows = []
        for place, row in records.read_rows(path):
            edit(row["answer"])
            one = records.to_record(row, place, bench.documents)
            row["scores"] = scores_of(study, bench.settings, examples[row["example_id"]],
                                      one.answer)
            rows.append(row)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        records.seal(path.parent, study.fingerprint)
        replay(study)  # the forgery is good enough for a replay
        return study

    return change


def test_honest_records_are_given_again_identically(results, study):
    verdicts = audit(study, sample=3)
    assert [(v.arm, v.kind) for v in verdicts] == [
        (arm, "identical") for arm in ("closed book", "look-up") for _ in range(3)]
    assert len({(v.arm, v.example_id) for v in verdicts}) == 6


def test_a_record_that_was_never_honest_fails_the_audit(forge):
    study = forge(lambda answer: answer.update(text="99 metres [1]"))
    with pytest.raises(AuditFailed) as failure:
        audit(study, sample=1, seed="7")
    text = str(failure.value)
    assert "1 of 2 answers" in text and "study      lamps" in text
    assert "method     look-up (seed 0)" in text and "question   " in text
    assert "published  '99 metres [1]'" in text and "measured   'The cable" in text
    assert "audit lamps --sample 1 --seed 7" in text and "record lamps --anew" in text
    assert issubclass(AuditFailed, BookError)


@pytest.mark.parametrize(("edit", "reason"), [
    (lambda answer: answer["hits"].clear(), r"found no passage; now lamp-\d+:0-"),
    (lambda answer: answer["hits"][0].update(end=9), r"found lamp-\d+:0-9; now lamp-"),
    (lambda answer: answer["hits"][0].update(score=0.502), "scored 0.5020, now 0.5000"),
    (lambda answer: answer.update(prompt_tokens=12), r"the prompt had 12 tokens, now \d+"),
    (lambda answer: answer.update(completion_tokens=1), r"the answer had 1 tokens, now \d+"),
])
def test_altered_passages_and_token_counts_fail_the_audit(forge, edit, reason):
    with pytest.raises(AuditFailed, match=reason):
        audit(forge(edit), sample=1)


def test_a_similarity_may_move_in_its_last_digits(forge):
    study = forge(lambda answer: answer["hits"][0].update(score=0.5009))
    assert {v.kind for v in audit(study, sample=EVERY)} == {"identical"}


def test_a_near_tie_passes_when_the_model_finds_the_published_text_as_likely(forge, monkeypatch):
    study = forge(lambda answer: answer.update(text="99 metres [1]"))
    asked = []

    def nearly_greedy(self, prompt, text, tolerance=0.02, *, max_new_tokens=32, **form):
        asked.append((prompt[-1].content, text, max_new_tokens))
        return True

    monkeypatch.setattr(FakeGenerator, "nearly_greedy", nearly_greedy)
    verdicts = audit(study, sample=1)
    assert [v.kind for v in verdicts] == ["identical", "near-tie"]
    ((prompt, text, limit),) = asked
    assert verdicts[1].question in prompt and text == "99 metres [1]" and limit == 24


def test_a_near_tie_does_not_excuse_other_passages(forge, monkeypatch):
    monkeypatch.setattr(FakeGenerator, "nearly_greedy", lambda *a, **k: True)

    def edit(answer):
        answer.update(text="99 metres [1]")
        answer["hits"][0].update(end=9)

    with pytest.raises(AuditFailed):
        audit(forge(edit), sample=1)


def test_the_sample_follows_the_seed_and_the_arm(results, study):
    one = replay(study)
    assert draw(one, "look-up", 3, "a") == draw(one, "look-up", 3, "a")
    drawn = {tuple(e.id for _, e in draw(one, arm, 3, seed))
             for arm in study.arms for seed in ("a", "b")}
    assert len(drawn) == 4
    expected = random.Random("a/lamps/look-up").sample([(0, e) for e in one.examples], 3)
    assert draw(one, "look-up", 3, "a") == expected


def test_a_sample_larger_than_the_study_is_the_whole_study(results, study):
    assert len(audit(study, sample=1000)) == 2 * EVERY


def test_every_recorded_seed_can_be_drawn(lamps, tmp_path):
    study = make_study(lamps, seeds=(0, 1))
    record(study, tmp_path, progress=False)
    verdicts = audit_results(replay(study, tmp_path), sample=20, seed="a")
    assert {v.seed for v in verdicts} == {0, 1} and len(verdicts) == 40


def test_the_default_seed_is_the_commit_and_the_environment_overrules_it(monkeypatch):
    monkeypatch.delenv(sampling.SEED_VARIABLE, raising=False)
    monkeypatch.setattr(sampling, "commit", lambda: "abc123-dirty")
    assert sampling.default_seed() == "abc123"
    monkeypatch.setattr(sampling, "commit", lambda: "unknown")
    assert len(sampling.default_seed()) == len("2026-11-21")
    monkeypatch.setenv(sampling.SEED_VARIABLE, "mine")
    assert sampling.default_seed() == "mine"


def test_a_sample_of_none_is_refused(results, study):
    with pytest.raises(BookError, match="at least 1 question an arm, got 0"):
        audit(study, sample=0)


@pytest.mark.parametrize(("sample", "arms", "taken"), [(3, 2, 3), (3, 4, 3), (3, 5, 2), (3, 40, 1),
                                                       (1, 4, 1)])
def test_a_build_samples_a_study_of_many_arms_more_thinly(sample, arms, taken):
    assert thin(sample, arms) == taken


def test_all_studies_share_a_build_s_audit_alike(monkeypatch):
    monkeypatch.setattr(room, "declared_studies", lambda: dict.fromkeys(range(4)))
    assert tokens_a_study() == TOKENS_A_BUILD // 4
    monkeypatch.setattr(room, "declared_studies", dict)  # a reader's own study in a notebook
    assert tokens_a_study() == TOKENS_A_BUILD


def test_a_build_gives_no_more_answers_again_than_it_has_time_for(results, study):
    one = replay(study)
    drawn = {arm: draw(one, arm, 5, "a") for arm in study.arms}

    def work(arm, each, example):
        answer = one.by_arm[arm, each][example.id]
        return answer.prompt_tokens + 25 * answer.completion_tokens

    every = [work(arm, *some) for arm, more in drawn.items() for some in more]
    names = {arm: {e.id for _, e in some} for arm, some in drawn.items()}
    assert names == {arm: {e.id for _, e in some}  # all fit
                     for arm, some in afford(one, drawn, sum(every), "a").items()}
    half = [work(arm, *some) for arm, more in afford(one, drawn, sum(every) / 2, "a").items()
            for some in more]
    assert 0 < sum(half) <= sum(every) / 2 and len(half) < 10
    assert sum(map(len, afford(one, drawn, 1, "a").values())) == 1  # one question at least
    assert len({str(afford(one, drawn, 1, seed)) for seed in "abcdefgh"}) > 1
    assert len(audit_results(one, sample=5, seed="a", most_tokens=1)) == 1
