"""One question, every stage: what `python -m experiments ask` prints."""

import textwrap

from experiments.core import Answer, BookError, Prompt, Question
from experiments.methods import recipe_named
from experiments.methods.bench import Bench, open_bench

WIDTH = 96


def ask(text: str, *, task: str, method: str, model: str) -> str:
    """Answer one question and describe hits, prompt, answer, sources, milliseconds and tokens."""
    recipe = recipe_named(method)
    if recipe.sees_gold:
        raise BookError(f"{method} is handed the gold passage, and a new question has none; "
                        "ask with closed_book, few_shot, long_context or rag")
    if not text.strip():
        raise BookError('the question is empty; write it in quotation marks after "ask"')
    bench = open_bench(task, model)
    question = Question("asked", text)
    (answer,) = bench.cook(recipe)([question])
    if answer.failure:
        raise BookError(answer.failure)
    return "\n".join([
        f"task      {bench.task}: {len(bench.documents)} documents",
        f"method    {recipe}",
        f"model     {model}",
        "", "PASSAGES", *_passages(answer, bench),
        "", "PROMPT", *_prompt(bench.prompts.get("asked")),
        "", "ANSWER", "  " + answer.text,
        "", "SOURCES", *_sources(answer, bench),
        "", "TIME AND TOKENS", *_costs(answer),
    ])


def _passages(answer: Answer, bench: Bench) -> list[str]:
    if not answer.hits:
        return ["  none: this method searches nothing"]
    lines = []
    for hit in answer.hits:
        head = f"  [{hit.rank}] {hit.score:.3f}  {hit.chunk.id}  {bench.titles[hit.chunk.doc_id]}"
        lines += [head, *_wrap(hit.chunk.text, "      ", lines=2)]
    return lines


def _prompt(prompt: Prompt | None) -> list[str]:
    if prompt is None:
        return ["  none: the best passage was below the similarity floor"]
    lines = []
    for message in prompt:
        lines += _wrap(f"{message.role}: {message.content}", "  ", lines=8)
    return lines


def _sources(answer: Answer, bench: Bench) -> list[str]:
    from experiments.evidence.metrics.score import cited_numbers

    by_rank = {hit.rank: hit.chunk for hit in answer.hits}
    lines = [
        f"  [{rank}] " + (f"{bench.titles[by_rank[rank].doc_id]} ({by_rank[rank].id})"
                          if rank in by_rank else "is not a passage it was given")
        for rank in cited_numbers(answer.text)
    ]
    return lines or ["  none cited"]


def _costs(answer: Answer) -> list[str]:
    stages = [f"  {stage:9s} {seconds * 1000:8.0f} ms"
              for stage, seconds in answer.stage_seconds.items()]
    total = sum(answer.stage_seconds.values()) * 1000
    return [*stages, f"  {'total':9s} {total:8.0f} ms   (loading the model not counted)",
            f"  {answer.prompt_tokens} prompt tokens, {answer.completion_tokens} answer tokens"]


def _wrap(text: str, indent: str, lines: int) -> list[str]:
    wrapped = [
        indent + piece for line in text.splitlines() if line.strip()
        for piece in textwrap.wrap(line, WIDTH - len(indent))
    ]
    left = len(wrapped) - lines
    return wrapped if left <= 0 else [*wrapped[:lines], f"{indent}… {left} more lines"]
