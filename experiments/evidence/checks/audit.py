"""Audit: give a sample of the recorded answers again, live, and compare.

The sample is drawn by a seed that changes with every commit, so that no record can
count on being left alone. Records that were never honest are found this way; records
edited later are already refused by their seal.

Of a study's trainings one is begun anew: the losses of its first steps must be those of its
log. A build does so for some of the studies, another build for others. Arms whose
adapter is not at hand are not asked: training it would take too long.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.core import Answer, BookError, Example
from experiments.evidence.checks.sampling import AuditFailed, default_seed
from experiments.evidence.checks.training import has_adapter, repeat_first_steps, trained_arms
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.recorder import answer_slice
from experiments.evidence.studies.replay import replay
from experiments.evidence.studies.results import Results
from experiments.evidence.studies.study import Study
from experiments.models.training.workshop import has_weights

IDENTICAL, NEAR_TIE, MISMATCH = "identical", "near-tie", "mismatch"
RETRAINED = "retrained"
BEGUN_A_BUILD = 3  # studies of which a build begins a training anew: about a minute each
SCORE_TOLERANCE = 1e-3  # of a similarity: another batch shape moves its last digits
MOST_ANSWERS = 12
# What a build reads for all studies of the book, each an equal part: some four minutes of two
# cores. A token that the model writes takes as long as some 25 that it reads.
TOKENS_A_BUILD = 160_000
READ_IN_THE_TIME_OF_ONE_WRITTEN = 25
SILENT_TOKENS = 2  # what a tie can add to one text unseen: a blank before it, an end after it


@dataclass(frozen=True)
class Verdict:
    """One answer given again: `kind` is identical, near-tie or mismatch; `reason` says why.

    Of the kind "retrained", it is the first steps of an arm's training, taken again.
    """

    study: str
    arm: str
    seed: int
    example_id: str
    question: str
    kind: str
    published: str
    measured: str
    reason: str = ""


def audit(study: Study, sample: int = 3, seed: str | None = None) -> list[Verdict]:
    """Replay a study and answer `sample` questions of each arm again; see `audit_results`."""
    return audit_results(replay(study), sample=sample, seed=seed)


def audit_results(results: Results, *, sample: int, seed: str | None = None,
                  most_tokens: float = math.inf, training: bool = True) -> list[Verdict]:
    """Answer `sample` recorded questions of each arm again, drawn by `seed`, and compare.

    Fewer, when they would take longer than reading `most_tokens` tokens; see `afford`. With
    `training`, one of its trainings is begun anew. The default seed is the environment's
    KNOW_OR_BEHAVE_AUDIT_SEED or the commit.
    Raises AuditFailed with every mismatch.
    """
    if sample < 1:
        raise BookError(f"an audit needs a sample of at least 1 question an arm, got {sample}")
    seed = seed or default_seed()
    drawn = {arm: draw(results, arm, sample, seed) for arm in results.study.arms}
    drawn = afford(results, drawn, most_tokens, seed)
    verdicts = [verdict for arm, some in drawn.items()
                for verdict in _audit_arm(results, arm, some)]
    failed = [verdict for verdict in verdicts if verdict.kind == MISMATCH]
    if failed:
        raise AuditFailed(_report(failed, len(verdicts), sample, seed))
    return verdicts + (_begin_training_anew(results, seed) if training else [])


def thin(sample: int, arms: int) -> int:
    """Return the sample an arm that a build takes: fewer where arms are many, at least one.

    The seed changes with every commit, so in time every arm is asked much.
    """
    return min(sample, max(1, MOST_ANSWERS // arms))


def tokens_a_study() -> int:
    """Return the tokens of a study's part of a build's audit: more studies, fewer each.

    The sample changes with every commit, so the parts that are left out take turns.
    """
    return TOKENS_A_BUILD // max(1, len(declared_studies()))


def is_begun(study: Study) -> bool:
    """Return whether this build begins a training of the study anew: all take turns, by commit.

    One that no chapter declares, a reader's own, always is.
    """
    trained = sorted(one.name for one in declared_studies().values() if trained_arms(one))
    drawn = random.Random(f"{default_seed()}/begun").sample(
        trained, min(BEGUN_A_BUILD, len(trained)))
    return study.name not in trained or study.name in drawn


def draw(results: Results, arm: str, sample: int, seed: str) -> list[tuple[int, Example]]:
    """Draw (recorded seed, example) pairs without replacement, of seeds that can be asked.

    A question to an adapter that is not shipped would use up the audit and check nothing.
    """
    every = [(each, example) for each in results.study.seeds if can_ask(results, arm, each)
             for example in results.examples]
    chance = random.Random(f"{seed}/{results.study.name}/{arm}")
    return chance.sample(every, min(sample, len(every)))


def afford(results: Results, drawn: Mapping[str, list], most_tokens: float, seed: str
           ) -> dict[str, list]:
    """Keep what can be answered in the time of reading `most_tokens`, at least one question.

    Drawn questions are taken in an order that changes with the seed, those that no longer fit
    are passed over: a dear arm is asked in some builds, a cheap one in most.
    """
    order = [(arm, *one) for arm, some in drawn.items() for one in some]
    random.Random(f"{seed}/{results.study.name}/afford").shuffle(order)
    kept, spent = {arm: [] for arm in drawn}, 0
    for arm, each, example in order:
        answer = results.by_arm[arm, each][example.id]
        work = (answer.prompt_tokens
                + READ_IN_THE_TIME_OF_ONE_WRITTEN * answer.completion_tokens)
        if not spent or spent + work <= most_tokens:
            kept[arm].append((each, example))
            spent += work
    return kept


def _audit_arm(results: Results, arm: str, drawn: list[tuple[int, Example]]) -> list[Verdict]:
    verdicts = []
    for each in results.study.seeds:
        examples = [example for drawn_seed, example in drawn if drawn_seed == each]
        recipe = results.study.arms[arm]
        if not examples:
            continue
        bench = results.bench.with_seed(each).lend(recipe)
        answers = answer_slice(recipe.build(bench), examples, arm)
        published = results.by_arm[arm, each]
        if recipe.trained:  # a near-tie is for the model that answered to judge
            bench = bench.tuned(recipe.tuning, recipe.pairs(bench))
        for example, measured in zip(examples, answers, strict=True):
            kind, reason = compare(published[example.id], measured, bench)
            verdicts.append(Verdict(results.study.name, arm, each, example.id, example.question,
                                    kind, published[example.id].text, measured.text, reason))
    return verdicts


def can_ask(results: Results, arm: str, seed: int) -> bool:
    """Return whether an arm can answer in this build: its adapter is there, if it needs one."""
    recipe = results.study.arms[arm]
    if not recipe.trained or not has_weights(results.study.model):
        return True
    return recipe.tuning.method != "full" and has_adapter(results.study, arm, seed, results.bench)


def _begin_training_anew(results: Results, seed: str) -> list[Verdict]:
    """Take the first steps of one of the study's trainings again, drawn by the seed."""
    study = results.study
    arms = trained_arms(study)
    if not arms or not has_weights(study.model):
        return []
    chance = random.Random(f"{seed}/{study.name}/training")
    arm, each = chance.choice([(arm, each) for arm in arms for each in study.seeds])
    losses = repeat_first_steps(study, arm, each, results.bench)
    said = ", ".join(f"{loss:.4f}" for loss in losses)
    return [Verdict(study.name, arm, each, "", f"the losses of its first {len(losses)} steps",
                    RETRAINED, said, said)]


def compare(published: Answer, measured: Answer, bench) -> tuple[str, str]:
    """Judge a live answer against its record: (kind, reason).

    A different text passes as a near-tie only when passages and prompt length are the
    same and the model, made to write the published text, finds each of its tokens as
    likely as the best one.
    """
    if reason := _hits_differ(published, measured):
        return MISMATCH, reason
    if published.prompt_tokens != measured.prompt_tokens:
        return MISMATCH, (f"the prompt had {published.prompt_tokens} tokens, "
                          f"now {measured.prompt_tokens}")
    more = measured.completion_tokens - published.completion_tokens
    if published.text == measured.text and not more:
        return IDENTICAL, ""
    if published.text == measured.text and abs(more) > SILENT_TOKENS:
        return MISMATCH, (f"the answer had {published.completion_tokens} tokens, "
                          f"now {measured.completion_tokens}")
    if _nearly_greedy(published, bench):
        return NEAR_TIE, "the model finds both answers equally likely"
    return MISMATCH, "the model would not say the published text"


def _nearly_greedy(published: Answer, bench) -> bool:
    """Ask the model about the published text, where a model was asked at all."""
    prompt = bench.prompts.get(published.example_id)
    return prompt is not None and bench.generator.nearly_greedy(
        prompt, published.text, max_new_tokens=bench.settings.max_new_tokens,
        one_line=bench.settings.one_line, form=bench.form)


def _hits_differ(published: Answer, measured: Answer) -> str:
    """Describe how the retrieved passages differ, or nothing."""
    before = [hit.chunk.id for hit in published.hits]
    now = [hit.chunk.id for hit in measured.hits]
    if before != now:
        return f"found {', '.join(before) or 'no passage'}; now {', '.join(now) or 'no passage'}"
    for old, new in zip(published.hits, measured.hits, strict=True):
        if abs(old.score - new.score) > SCORE_TOLERANCE:
            return f"passage {old.chunk.id} scored {old.score:.4f}, now {new.score:.4f}"
    return ""


def _report(failed: Sequence[Verdict], total: int, sample: int, seed: str) -> str:
    """Describe every mismatch, and say how to see it again and what to do."""
    parts = [f"audit failed: {len(failed)} of {total} answers given again differ from their "
             "records."]
    for verdict in failed:
        parts.append(
            f"\n  study      {verdict.study}\n  method     {verdict.arm} (seed {verdict.seed})"
            f"\n  example    {verdict.example_id}\n  question   {verdict.question}"
            f"\n  published  {verdict.published!r}\n  measured   {verdict.measured!r}"
            f"\n  why        {verdict.reason}"
        )
    name = failed[0].study
    parts.append(
        f"\nSee it again: python -m experiments audit {name} --sample {sample} --seed {seed}\n"
        "If the records were edited, restore them from git. If a method, the data or a library "
        f"changed on purpose: python -m experiments record {name} --anew"
    )
    return "\n".join(parts)
