"""Keep of a study's answers to train questions those that a model may be trained on.

    python -m experiments.evidence.analysis.drafts style-drafts
    python -m experiments.evidence.analysis.drafts baked-teacher

write data/tasks/house-style/kept.jsonl and data/tasks/routing/kept.jsonl, from the sealed records
of the study. In a task of style every seed gave one draft a question. A program mends what it
can, and then grades. Of the fit drafts the first is kept: the graders hold them all equally good.
In any other task nothing is graded: every answer is kept but those to questions whose replies the
prompt could show.
"""

import sys
from dataclasses import replace
from pathlib import Path

from experiments.core import BookError
from experiments.evidence.metrics.registry import scorer
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.replay import replay
from experiments.evidence.studies.results import Results
from experiments.methods.variants.supplied import Supplied
from experiments.tasks.folder import json_lines
from experiments.tasks.house_style.mend import mend
from experiments.tasks.kept import KEPT, Kept

GRADER = "sendable"


def keep(results: Results, arm: str) -> list[Kept]:
    """Choose each question's kept draft, in the order of the split; some questions have none."""
    if results.study.split != "train":
        raise BookError(f"study {results.study.name!r} asks the {results.study.split} split; what "
                        "is trained on is drafted for the train split only")
    style = results.bench.settings.kind == "style"
    return _fit(results, arm) if style else _unshown(results, arm)


def _fit(results: Results, arm: str) -> list[Kept]:
    """Keep each question's first draft that is fit to send once mended."""
    fit = scorer(GRADER, results.bench.settings)
    kept = []
    drafted = zip(*(results.answers(arm, seed) for seed in results.study.seeds), strict=True)
    for example, drafts in zip(results.examples, drafted, strict=True):
        mended = [replace(draft, text=mend(draft.text)) for draft in drafts]
        passed = [draft.text for draft in mended if fit(example, draft).value == 1]
        if passed:
            kept.append(Kept(example.id, passed[0], len(drafts), len(passed)))
    return kept


def _unshown(results: Results, arm: str) -> list[Kept]:
    """Keep the answers of the first seed to questions that were not the arm's to show."""
    recipe = results.study.arms[arm]
    if not isinstance(recipe, Supplied) or not recipe.examples:
        raise BookError(f"study {results.study.name!r}: arm {arm!r} may show any train question, "
                        "so none is left to learn from. Wrap its recipe in Supplied, with the "
                        "number of examples that it may show")
    shown = {e.id for e in recipe.choose(results.bench.with_seed(results.study.seeds[0]))}
    return [Kept(answer.example_id, answer.text, 1, 1, answer.log_probability)
            for answer in results.answers(arm) if answer.example_id not in shown]


def write_kept(results: Results, arm: str) -> Path:
    """Write a task's kept.jsonl from the drafts of one arm."""
    path = results.bench.folder / KEPT
    rows = json_lines(one.as_json() for one in keep(results, arm))
    path.write_text(rows, encoding="utf-8", newline="\n")
    return path


def main(arguments: list[str]) -> int:
    """Write the kept drafts of the first arm of the study that is named."""
    studies = declared_studies()
    if len(arguments) != 1 or arguments[0] not in studies:
        print(f"name one of the declared studies: {', '.join(studies)}", file=sys.stderr)
        return 2
    study = studies[arguments[0]]
    try:
        results = replay(study)
        path = write_kept(results, next(iter(study.arms)))
    except BookError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"wrote {path}: {len(path.read_text(encoding='utf-8').splitlines())} of "
          f"{len(results.examples)} questions have a draft that is kept")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
