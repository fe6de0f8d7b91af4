"""What every chapter shows: results, transcripts, cost, and what becomes of the claims."""

from collections.abc import Mapping, Sequence

from experiments.book.provenance import study_facts
from experiments.book.tables import Table, results_table
from experiments.book.transcripts import transcripts
from experiments.core import BookError
from experiments.core.machine import peak_bytes
from experiments.evidence.checks.run import ON_RUN

STUDY_MIME = "application/x-book-study+json"
CLAIMS_MIME = "application/x-book-claims+json"
VERDICTS = ("supported", "in part", "refuted", "not separated", "out of scope here")
_ANSWERS = 1000  # the number of answers that dollars are stated for


def show_results(results, metrics: Sequence[str], title: str) -> None:
    """Show a study's table."""
    _show(results_table(results, metrics, title))


def show_transcripts(results, picks: Mapping[str, tuple[str, str]]) -> None:
    """Show what was asked, found and said: {"a success": (arm, question id), ...}."""
    _show(transcripts(results, picks))


def show_cost(results) -> None:
    """Show tokens, seconds and dollars of every arm, and this notebook's memory.

    Where a GPU made the records, the dollars are those of its hour, if a price of it is known.
    """
    from experiments.costs.prices import card_hour, load_prices, machine_usd, token_usd

    prices = load_prices()
    hosted, cards = prices["hosted_input_million"], results.cards
    hours = {card_hour(prices, card) if card else prices["cpu_hour"] for card in cards}
    machine = hours.pop() if len(hours) == 1 else None
    rows = []
    for arm in results.study.arms:
        tokens, seconds = results.tokens(arm), results.seconds(arm)
        rows.append((
            arm, f"{tokens['prompt']:,.0f}", f"{tokens['completion']:.1f}", f"{seconds:.2f}",
            f"{machine_usd(seconds * _ANSWERS, machine):.3f}" if machine else "–",
            f"{token_usd(tokens['prompt'] * _ANSWERS, hosted):.3f}",
        ))
    header = ("method", "prompt tokens", "answer tokens", "seconds",
              f"USD for {_ANSWERS:,} answers here", "USD for their prompts, hosted")
    notes = [
        f"{where}: {price.what}, {price.usd} USD ({price.source}, {price.date})."
        for where, price in (("Here", machine), ("Hosted", hosted)) if price
    ]
    if not machine:
        names = " and ".join(sorted(card or "processors" for card in cards))
        notes.append(f"Here: {names}; data/prices.yaml has no one price of an hour for that.")
    if held := peak_bytes():
        notes.append(f"Most memory this notebook has used so far: {held / 2**30:.1f} GiB.")
    _show(Table(header, tuple(rows), "What it cost", tuple(notes)))


def show_claims(verdicts: Sequence[tuple[str, str, str]]) -> None:
    """Show the articles' claims with (claim id, verdict, our evidence in a sentence).

    A sentence takes its numbers from data/published.yaml, as prose does: "{{ id }}". What is
    shown is also left for the page on all claims; `claim_outcomes.left_verdicts` reads it.
    """
    from experiments.book.source.numbers import fill, number_texts
    from experiments.evidence.analysis.articles import article_claim
    from experiments.evidence.checks.published import read_published

    numbers, rows, left = number_texts(read_published()), [], []
    for name, verdict, sentence in verdicts:
        claim = article_claim(name)
        if verdict not in VERDICTS:
            raise BookError(f"{name}: verdict {verdict!r} is none of {', '.join(VERDICTS)}")
        evidence = fill(sentence, numbers, f"the sentence for {name}")
        rows.append((claim.paraphrase, "; ".join(claim.sources), verdict, evidence))
        left.append([name, verdict, evidence])
    header = ("what is claimed", "where", "verdict", "our evidence")
    _show(Table(header, tuple(rows), "The articles' claims, tested",
                ("A model of 135 million parameters shows mechanisms, not magnitudes.",)))
    _leave(CLAIMS_MIME, {"verdicts": left})


def leave_provenance(facts: Mapping) -> None:
    """Put the facts behind a table into the notebook, as data that no page shows."""
    _leave(STUDY_MIME, facts)


def _leave_run(results) -> None:
    """Leave what a run of a study checked, shown or not; `status.provenance` reads it."""
    from IPython import get_ipython

    if get_ipython():
        leave_provenance(study_facts(results))


# Whatever a chapter runs is on the status page, also where no table shows it.
ON_RUN.append(_leave_run)


def _leave(mime: str, facts: Mapping) -> None:
    from IPython.display import display

    display({mime: facts}, raw=True)


def _show(thing) -> None:
    from IPython.display import display

    display(thing)
