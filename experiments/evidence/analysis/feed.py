"""The answers to a feed's questions, day by day: who is right, and who says what was right before.

    feed = Feed({"tuned once": (results, "tuned on day 0"), ...})
    feed.share(feed.right("tuned once", 9))         -> Estimate(value=0.38, ...)
    feed.earlier["corzi-110-cable-day-4"]           -> {"266 cm", "266", ...}

A question of day 4 has among its earlier forms all that was accepted on days 0 to 3 and is not
accepted now. Nobody who says "266 cm" on day 4 is making it up; it was on the page yesterday.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from experiments.core import Example
from experiments.evidence.metrics.score import as_run, is_refusal
from experiments.evidence.stats.statistics import Estimate, difference, estimate
from experiments.evidence.studies.results import Results
from experiments.tasks.support.feed import day_of, fact_of


@dataclass(frozen=True)
class Feed:
    """Arms of one or more studies of the same questions, each name as (results, arm)."""

    found: Mapping[str, tuple[Results, str]]

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Return the questions, which all studies share."""
        return next(iter(self.found.values()))[0].examples

    @cached_property
    def groups(self) -> dict[str, str]:
        """Map the questions to their products."""
        return {example.id: example.group for example in self.examples}

    @cached_property
    def earlier(self) -> dict[str, set[str]]:
        """Map each question whose fact has changed or gone to the forms of its earlier values."""
        forms = {(fact_of(e.id), day_of(e.id)): set(e.answers) for e in self.examples}
        past = {e.id: set().union(*(forms.get((fact_of(e.id), day), ())
                                    for day in range(day_of(e.id)))) - set(e.answers)
                for e in self.examples}
        return {name: values for name, values in past.items() if values}

    def changed(self, *days: int) -> list[Example]:
        """List the questions of some days, or of all, whose fact has another value than before."""
        return [e for e in self.examples if e.id in self.earlier and e.answerable
                and (not days or day_of(e.id) in days)]

    @cached_property
    def gone(self) -> list[Example]:
        """List the questions about products that were there and are no longer."""
        return [e for e in self.examples if e.id in self.earlier and not e.answerable]

    def right(self, name: str, *days: int) -> dict[str, float]:
        """Map the answerable questions of some days to 1 where an arm says the day's value."""
        results, arm = self.found[name]
        values = results.values(arm, "contains")
        return {e.id: values[e.id] for e in self.examples
                if e.answerable and day_of(e.id) in days}

    def says(self, name: str, examples: Sequence[Example],
             what: Callable[[str, Example], bool]) -> dict[str, float]:
        """Map questions to 1 where `what(text, example)` holds of an arm's answer."""
        results, arm = self.found[name]
        texts = {answer.example_id: answer.text for answer in results.answers(arm)}
        return {e.id: float(what(texts[e.id], e)) for e in examples}

    def today(self, text: str, example: Example) -> bool:
        """Return whether a text states the value of the example's day."""
        return _states(text, example.answers)

    def outdated(self, text: str, example: Example) -> bool:
        """Return whether a text states an earlier value, and not that of the day."""
        return (_states(text, self.earlier.get(example.id, ()))
                and not self.today(text, example))

    def declined(self, text: str, example: Example) -> bool:
        """Return whether a text is a refusal."""
        return is_refusal(text)

    def share(self, values: Mapping[str, float]) -> Estimate:
        """Average values, with an interval over products."""
        return estimate(list(values.values()), [self.groups[name] for name in values])

    def gap(self, a: Mapping[str, float], b: Mapping[str, float]) -> Estimate:
        """Average a minus b over the same questions, with an interval over products."""
        return difference(a, b, self.groups)


def _states(text: str, forms) -> bool:
    return any(as_run(form) in as_run(text) for form in forms)
