"""Results of an invented study, answered without a model."""

from types import SimpleNamespace

from experiments.core import REFUSAL, Answer, Chunk, Document, Example, Hit
from experiments.evidence.studies.results import Results
from experiments.evidence.studies.study import Study
from experiments.methods import RECIPES
from experiments.tasks.settings import Settings

RIGHT = {"guess": 1, "closed book": 2, "rag": 12, "oracle": 18}  # of 20 answerable questions
MACHINE = {"hardware": "Test CPU, 2 cores", "python": "3.11", "torch": "2.13", "commit": "abc",
           "transformers": "5.23", "date": "2026-11-20T10:00Z"}


def make_results(right=RIGHT, *, answerable=20, unanswerable=4, tier="audited", verdicts=()):
    """Return results in which each arm gets its first `right[arm]` answerable questions right."""
    recipes = {"guess": RECIPES["guess"](), "closed book": RECIPES["closed_book"](),
               "rag": RECIPES["rag"](), "rag k=1": RECIPES["rag"](k=1),
               "oracle": RECIPES["oracle"]()}
    documents, examples = {}, []
    for n in range(answerable + unanswerable):
        text = f"The Kettle {n} has a warranty of {n + 1} months."
        documents[f"kettle-{n}"] = Document(f"kettle-{n}", f"Kettle {n} <b>", text)
        answers = (f"{n + 1} months",) if n < answerable else ()
        examples.append(Example(f"q{n}", f"How long is Kettle {n}'s <i>warranty</i>?", answers,
                                (f"kettle-{n}",), group=f"kettle-{n}"))
    by_arm = {
        (arm, 0): {e.id: _answer(e, arm, n, right[arm], documents) for n, e in enumerate(examples)}
        for arm in right
    }
    study = Study(name="tiny", task="support", arms={arm: recipes[arm] for arm in right})
    bench = SimpleNamespace(documents=documents, task="support", settings=Settings())
    return Results(study, bench, tuple(examples), by_arm, (MACHINE,), tier, tuple(verdicts))


def _answer(example, arm, n, right, documents):
    if not example.answers:
        text = REFUSAL if arm == "rag" else "99 months"
    else:
        text = example.answers[0] if n < right else "<script>alert(1)</script> 0 days"
    document = documents[example.evidence[0]]
    hits = (Hit(Chunk.cut(document, 0, len(document.text)), 0.9 - n / 100, 1),)
    return Answer(example.id, text, hits if arm != "closed book" else (), 100 + n, 4,
                  {"prefill": 0.5, "decode": 0.25})
