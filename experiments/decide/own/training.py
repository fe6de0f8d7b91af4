"""What has to be there before anything is trained, and from where on a training would be worth it.

    steps(Profile(fault="facts", held_out_set=True), facts=True)
    -> (Reason("Try the prompt: put the right page ..."), Reason("Build the search, ..."))
    ready(READER, profile, numbers)  -> False: a step is missing, or examples, or queries

No training is recommended to whoever has not looked at what is wrong, has not tried a prompt, runs
no search although the answers stand in documents, has no test set, or asks so little that a right
answer of the trained model costs more than one without training. The last is a sum of the cost
model: the profile's numbers and data/cost_example.yaml, with the shares of right answers that the
records show.
"""

from dataclasses import dataclass

from experiments.core import BookError
from experiments.decide.articles.volume import Pair, Worth, about, right_answers
from experiments.decide.own import rules
from experiments.decide.own.support import Numbers, Rule
from experiments.decide.profile import Profile
from experiments.decide.verdict import Reason

NAMED = ("held_out_set", "runs_search")  # questions whose lack a step names


@dataclass(frozen=True)
class Training:
    """A training that a rule recommends: its examples, and both shares of right answers by id."""

    rule: Rule
    what: str
    examples: int
    of: str
    pair: Pair
    plain: str
    tuned: str
    scope: str = ""

    def shares(self, numbers: Numbers) -> tuple[float, float] | None:
        """Return the percent that are right without and with the training, if both are known."""
        plain, tuned = numbers.get(self.plain), numbers.get(self.tuned)
        if plain is None or plain.value is None or tuned is None or tuned.value is None:
            return None
        return plain.value, tuned.value


_PROMPT, _READER = Pair("prompt", "tuned"), Pair("rag", "tuned rag")
READER = Training(rules.TUNED_READER, "the reader behind the search (RAFT)",
                  rules.LABELLED_QUESTIONS, "questions, each with an approved answer and its "
                  "document", _READER, "ladder-rag", "ladder-raft",
                  " Your instructions are counted on both sides. That was a help centre; on a "
                  "documentation for developers no gain was shown.")
EXTRACTION = Training(rules.TUNED_EXTRACTION, "a model on the fields", rules.LABELLED_CLAUSES,
                      "texts with their fields", _PROMPT, "tuned-clauses-nearest",
                      "tuned-own-held")
CALLS = Training(rules.TUNED_CALLS, "a model on the calls", rules.LABELLED_CALLS,
                 "requests with their call", _PROMPT, "train-tools-near", "train-tools-lora")
BEHAVIOUR = Training(rules.TUNED_BEHAVIOUR, "a model on approved replies", rules.APPROVED_REPLIES,
                     "approved replies", _PROMPT, "style-plain-fit", "style-50-fit")
TRAININGS = (READER, EXTRACTION, CALLS, BEHAVIOUR)

_LOOK = Reason("Collect fifty wrong answers and sort them: is a fact missing, or is the behaviour "
               "wrong?", "chapter 22_choose")
_TEST_SET = Reason("Write 100 to 200 test questions with approved answers, a fifth of them without "
                   "an answer, and train on none of them. With fewer, most improvements cannot be "
                   "shown.", "chapter 01_measure")
_TEST_LABELS = Reason("Set 100 to 200 labelled messages aside for testing.", "chapter 01_measure")
_READ = Reason("Try the prompt: put the right page before the model by hand, for every test "
               "question. What it still gets wrong is all that training a reader could win.",
               "chapter 02_prompt")
_PROMPT_FIRST = Reason("Try the prompt in earnest, with examples in it, and score it.",
                       "chapter 02_prompt")
_NEAREST = Reason("Try a prompt that shows the nearest labelled messages, as the rival.",
                  "chapter 02_shape")
_SEARCH = Reason("Build the search, and count its errors: not found, or found and misread.",
                 "chapter 03_retrieval")
_COUNT = Reason("Measure the search: count what is not found, and what is found and misread.",
                "chapter 03_retrieval")


def steps(profile: Profile, *, labels: bool = False, facts: bool = False) -> tuple[Reason, ...]:
    """List what to do first, in order; `labels` and `facts` say what kind of project it is."""
    found = [_LOOK] if facts and profile.fault == "unknown" else []
    if not profile.held_out_set:
        found.append(_TEST_LABELS if labels else _TEST_SET)
    if not profile.prompted_hard:
        found.append(_NEAREST if labels else _READ if facts else _PROMPT_FIRST)
    if facts and not profile.runs_search:
        found.append(_SEARCH)
    elif facts and not profile.measured_retrieval:
        found.append(_COUNT)
    return tuple(found)


def worth(training: Training, profile: Profile, numbers: Numbers) -> Worth | None:
    """Compare the price of a right answer; None while one of the shares is not measured."""
    shares = training.shares(numbers)
    return None if shares is None else right_answers(profile, training.pair, *shares)


def ready(training: Training, profile: Profile, numbers: Numbers) -> bool:
    """Return whether examples, volume and everything that comes first are there."""
    found = worth(training, profile, numbers)
    return (found is not None and found.pays and profile.labelled_examples >= training.examples
            and not steps(profile, facts=training is READER))


def trial(training: Training, profile: Profile, numbers: Numbers) -> str:
    """State under which condition the training would be worth a trial."""
    found, shares = worth(training, profile, numbers), training.shares(numbers)
    if found is None or shares is None:
        raise BookError(f"{training.plain} and {training.tuned} are not both measured")
    first = "once that is done, " if steps(profile, facts=training is READER) else ""
    plain, tuned = shares
    return (f"Training {training.what} would be worth a trial {first}with at least "
            f"{training.examples} {training.of} (so many were measured; you have "
            f"{profile.labelled_examples:,}), and {_volumes(found)} (you expect "
            f"{profile.queries_per_month:,}). Such a right answer then costs no more than one of "
            f"{_NAMES[training.pair.plain]}, by the cost model with your hours and instructions, "
            f"if as many are right as here: {tuned:g} % against {plain:g} %.{training.scope} "
            f"[{training.rule.describe(numbers)}]")


_NAMES = {"rag": "RAG", "prompt": "the prompt"}


def _volumes(found: Worth) -> str:
    if found.at is None:
        return "at any volume" if found.pays else "at no volume that these prices know"
    side = "from about" if found.at.tuned_above else "below about"
    return f"{side} {about(found.at.queries_per_month)} queries a month"
