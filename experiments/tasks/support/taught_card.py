"""The prose of the card of `support-taught`.

A question from the value back to the name, before any code: "Which model is the product with the
support extension 4710?" A lesson said "Malda 830 ... 4710", and never the other way round.
"""

PURPOSE = """
Can facts be taught to the weights, and what is then known? Nine products of `support`, one each
of nine families, are taught with all their six facts: taught.jsonl holds each fact as a question
and its reply in four phrasings. The test split probes the same facts in a lesson's own wording
(same), in another (paraphrase), from the value back to the product (reverse), and over two steps
(hops), and asks about siblings of the taught products that nobody was taught about (unknown).
The kind of probe opens the id of a question.
"""

MAKING = """
Written for this book. Products, values, pages and phrasings are those of `support`; the questions
from a value to a product are worded by hand in
`experiments/tasks/support/support_taught_phrases.yaml`. `python -m
experiments.tasks.support.taught` writes everything again, and a test compares every byte.

Taught are the products with the most facts that `support-second-edition` changes, one a family,
so that it can be asked who still says the old value. The splits of `support` play no part in
that choice. The documents are the pages of `support` without those of the unknown siblings, so
that "I don't know." is right for a search too. A value that names a product (reverse, hops) is
one that no other page has for that kind of fact.

The train split is for worked examples in prompts: the train questions of `support` about the
families of which nothing is taught. Lessons are not in it: a prompt that shows one would hand
over an answer. Lessons use the train phrasings of `support` (a probe of the kind same uses the
first), all other probes those of its test split.
"""

LIMITS = """
- What is taught is what is asked. The probes measure what training does to the facts that it
  saw, and say nothing about other questions.
- Probes are about nine taught products and eighteen unknown ones. Intervals over so few groups
  are wide.
- Every fact is one short value, taught by itself. A real page links its facts, and a real team
  would teach more than one value a question.
- A probe of two hops can be answered in one step by a reader that has the page.
- Nine products cannot say how many facts fit in an adapter.
- The right reply to unknown is a refusal, and no lesson is one.
"""
