"""Why was an answer wrong? One rule names chunking, retrieval, reading or format.

A real instance, before any code:

    question  How many months of warranty has the Aldra 220 kettle?        gold "18 months"
    handed    [1] Aldra 220 kettle: ... The warranty runs for 18 months. It weighs 1.2 kg.
    said      1.2 kg [1]
    found     Attribution("aldra-220-warranty", cause="reading", said="words of a passage")

The first of these tests that holds names the cause:

1. right      the answer equals a gold answer (exact match), or refuses where there is none
2. format     a gold answer stands in it all the same: with words around it, or broken apart
              or run together ("18months", "Password Hasher" for PasswordHasher)
3. reading    there is no right answer, so that nothing could be found, and it did not refuse
4. chunking   no single passage of the cut holds a sentence with the answer whole
5. retrieval  a passage does, and it was not handed over; or a gold document was not
6. reading    it was handed over

A sentence counts when the first gold answer stands in it. Where a short answer stands in a second
sentence by accident, a miss of the search can so pass for a misreading. Where no gold document
holds the answer in so many words (the answer follows from two), 4 is left out, and 5 asks for
the documents alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.core import Answer, BookError, Chunk, Document, Example
from experiments.evidence.metrics.coverage import answer_sentences, holder
from experiments.evidence.metrics.score import as_run, exact_match, is_refusal, tokens
from experiments.evidence.stats.statistics import Estimate, estimate
from experiments.evidence.studies.results import Results

CAUSES = ("right", "format", "chunking", "retrieval", "reading")
SAID = ("refused", "words of a passage", "other words")


@dataclass(frozen=True)
class Attribution:
    """One answer's cause, of CAUSES, and where its words come from, of SAID."""

    example_id: str
    cause: str
    said: str


def attributions(results: Results, arm: str, seed: int | None = None) -> list[Attribution]:
    """Attribute each answer of an arm, in the split's order; by default of the first seed.

    Passages are cut as the arm's recipe says; without `chunk_tokens` they are whole documents.
    Raises BookError for an arm that was handed no passage at all.
    """
    answers = results.answers(arm, seed)
    if not any(answer.hits for answer in answers):
        raise BookError(f"arm {arm!r} of study {results.study.name} was handed no passage, so "
                        "its errors cannot be attributed: name an arm that searches")
    size = results.study.arms[arm].chunk_tokens
    documents = results.bench.documents
    cuts = {name: results.bench.chunker.cut(documents[name], size)
            for example in results.examples for name in example.evidence}
    return [attribute(example, answer, documents, cuts)
            for example, answer in zip(results.examples, answers, strict=True)]


def attribute(example: Example, answer: Answer, documents: Mapping[str, Document],
              cuts: Mapping[str, Sequence[Chunk]]) -> Attribution:
    """Attribute one answer; `cuts` gives the passages of each of its gold documents."""
    return Attribution(example.id, _cause(example, answer, documents, cuts), source(answer))


def cause_shares(found: Sequence[Attribution], examples: Sequence[Example]
                 ) -> dict[str, Estimate]:
    """Share of each cause among some attributed answers, with intervals over groups."""
    groups = {example.id: example.group for example in examples}
    return {cause: estimate([float(one.cause == cause) for one in found],
                            [groups[one.example_id] for one in found]) for cause in CAUSES}


def source(answer: Answer) -> str:
    """Return where an answer's words come from: it refused, a passage has them, or neither.

    A passage has them when the normalised answer is a run of whole tokens in it.
    """
    if is_refusal(answer.text):
        return "refused"
    said = as_run(answer.text)
    copied = said.strip() and any(said in as_run(hit.chunk.text) for hit in answer.hits)
    return "words of a passage" if copied else "other words"


def holds_loosely(example: Example, text: str) -> bool:
    """Return whether a gold answer stands in a text, also broken apart or run together.

    Some run of whole tokens of the text must spell it when all are written without spaces.
    Digits join by threes only, as thousands do: "600 000" is 600000, "1 8" is not 18.
    """
    said = tokens(text)
    golds = {_run_together(tokens(gold)) for gold in example.answers}
    return any(_run_together(said[start:end]) in golds
               for start in range(len(said)) for end in range(start + 1, len(said) + 1))


def misstated(found, arm: str) -> dict[str, float]:
    """Score each question 1 where a value is stated that is not the right one, 0 elsewhere.

    `found` is Results or a Grid; with several seeds a score is the share of them. Where nothing
    is right, any value is misstated.
    """
    right, silent = (found.values(arm, metric) for metric in ("contains", "refused"))
    return {name: max(1 - (right[name] or 0) - silent[name], 0.0) for name in right}


def _cause(example: Example, answer: Answer, documents: Mapping[str, Document],
           cuts: Mapping[str, Sequence[Chunk]]) -> str:
    if not example.answerable:
        return "right" if is_refusal(answer.text) else "reading"
    if exact_match(example, answer).value == 1:
        return "right"
    if holds_loosely(example, answer.text):
        return "format"
    wanted = [s for name in example.evidence for s in answer_sentences(documents[name], example)]
    handed = [hit.chunk for hit in answer.hits]
    passages = [chunk for name in example.evidence for chunk in cuts[name]]
    if wanted and not any(holder(sentence, passages) for sentence in wanted):
        return "chunking"
    missed = set(example.evidence) - {chunk.doc_id for chunk in handed}
    if missed or (wanted and not any(holder(sentence, handed) for sentence in wanted)):
        return "retrieval"
    return "reading"


def _run_together(words: Sequence[str]) -> str:
    """Write tokens without spaces, but for two numbers that are not one by its thousands."""
    text = ""
    for word in words:
        thousands = word.isdigit() and len(word) == 3
        apart = text[-1:].isdigit() and word[0].isdigit() and not thousands
        text += f" {word}" if apart else word
    return text
