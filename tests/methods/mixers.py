"""Two mixers, two parts that fit one each, a search by shared words, and a scripted model.

    Which answer takes two pages?   "How long is the cable of the mixer that takes the Pofa hook?"
    the hook's page                 "This hook fits the Mixer 220 alone. It costs $4."
    the mixer's page                "The Mixer 220 weighs 7 kg. Its cable measures 80 cm."

Everything is small enough to be searched and answered by hand, and nothing loads weights.
"""

import re
from pathlib import Path

from experiments.core import Chunk, Document, Example, Hit, Question
from experiments.methods.bench import Bench
from experiments.methods.retrieving.decomposed import TEMPLATE
from experiments.models.interface import Completion

PAGES = {
    "mixer-110": ("Mixer 110", "The Mixer 110 weighs 9 kg. Its cable measures 95 cm."),
    "mixer-220": ("Mixer 220", "The Mixer 220 weighs 7 kg. Its cable measures 80 cm."),
    "pofa-hook": ("Pofa hook", "This hook fits the Mixer 220 alone. It costs $4."),
    "rima-lid": ("Rima lid", "This lid fits the Mixer 110 alone. It costs $6."),
}
BRIDGE = Question("bridge", "How long is the cable of the mixer that takes the Pofa hook?")
COMPARISON = Question("comparison", "Does the Mixer 110 or the Mixer 220 have the longer cable?")
TAUGHT = Example("taught", "How heavy is the mixer that takes the Rima lid?", ("9 kg",),
                 ("rima-lid", "mixer-110"), "train", "mixer-110")
# What the model is to read, line by line, when both pages of a question were found in order.
BRIDGE_WITH_PAGES = [
    "[1] Pofa hook: This hook fits the Mixer 220 alone. It costs $4.",
    "[2] Mixer 220: The Mixer 220 weighs 7 kg. Its cable measures 80 cm.",
    f"Question: {BRIDGE.text}"]
TAUGHT_WITH_PAGES = [
    "[1] Rima lid: This lid fits the Mixer 110 alone. It costs $6.",
    "[2] Mixer 110: The Mixer 110 weighs 9 kg. Its cable measures 95 cm.",
    f"Question: {TAUGHT.question}"]


class SharedWords:
    """A search that counts the different words a passage shares with a query; ties by id."""

    def __init__(self, chunks):
        self.chunks = sorted(chunks, key=lambda chunk: chunk.id)
        self.queries = []

    def search(self, queries, k):
        """Return the k best passages for each query, and keep the queries."""
        self.queries += queries
        return [self._best(query, k) for query in queries]

    def _best(self, query, k):
        shared = {chunk.id: len(words(query) & words(chunk.text)) for chunk in self.chunks}
        order = sorted(self.chunks, key=lambda chunk: -shared[chunk.id])[:k]
        return [Hit(chunk, shared[chunk.id], rank) for rank, chunk in enumerate(order, start=1)]


class Scripted:
    """A model that says what was written down for a question, and keeps what it was asked.

    `plans` are for the prompts that ask for steps, `replies` for all others.
    """

    def __init__(self, plans, replies):
        self.plans, self.replies = plans, replies
        self.asked, self.budgets = [], []

    def generate(self, prompts, *, max_new_tokens, **_):
        """Complete each prompt by its last question."""
        self.asked += prompts
        self.budgets += [max_new_tokens] * len(prompts)
        return [self._say(prompt) for prompt in prompts]

    def _say(self, prompt):
        said = self.plans if prompt[0].content == TEMPLATE.closed else self.replies
        return said[prompt[-1].content.rpartition("Question: ")[2]]


def words(text):
    """Return the different words of a text, in small letters."""
    return set(re.findall(r"\w+", text.lower()))


def say(text, tokens=1):
    """Complete with a text: `tokens` read, a tenth of them written, as many seconds."""
    return Completion(text, tokens, tokens // 10, tokens / 100, tokens / 1000)


def documents(pages=PAGES):
    """Return the pages as documents by their id."""
    return {name: Document(name, title, f"# {title}\n\n{text}\n")
            for name, (title, text) in pages.items()}


def mixers(generator=None, chunks=None, examples=()):
    """Open a bench on the four pages, each one passage, or on the passages given."""
    pages = documents()
    index = SharedWords(chunks or [Chunk.cut(page, 0, len(page.text)) for page in pages.values()])
    return Bench("mixers", Path("mixers"), pages, tuple(examples), "scripted",
                 shelf={("keyword", 256, ""): index, "generator": generator})


def found(hits):
    """Name the documents of some hits, in order."""
    return [hit.chunk.doc_id for hit in hits]


def spoken(answers):
    """Return what must not change between two calls: everything but the seconds."""
    return [(a.example_id, a.text, a.hits, a.prompt_tokens, a.completion_tokens) for a in answers]


def assert_calls_and_order_do_not_matter(answer):
    """Ask the bridge and the comparison together, again, turned round, and one alone."""
    both = answer([BRIDGE, COMPARISON])
    assert spoken(answer([BRIDGE, COMPARISON])) == spoken(both)
    assert spoken(answer([COMPARISON, BRIDGE])) == spoken(both)[::-1]
    assert spoken(answer([COMPARISON])) == spoken(both)[1:]
