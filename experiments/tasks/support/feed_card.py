"""The prose of the card of `support-feed`.

What a change looks like, before any code: until day 2 the cable of the Corzi 110 measures 266 cm,
from day 3 on 234 cm, and the question, "How long is the power cable of the Corzi 110?", stays.
"""

PURPOSE = """
What does a changing world cost? A help centre is followed for ten days. On every day but the
first, two facts of fourteen products change and their pages are rewritten; two products are
taken off, and two are new. Each fact is asked on every day, and right is what holds that day.
The day closes the id of a question.
"""

MAKING = """
Written for this book. Products, pages and phrasings are those of `support`: one product a
category is followed, and the pages of three of its siblings, which never change, stand beside
it. `experiments/tasks/support/feed.py` draws what changes on which day; the seed is in it, and
no model played a part in the choice. `python -m experiments.tasks.support.feed` writes
everything again, and a test compares every byte.

documents/ holds each page under the day on which it was written, such as day-3/corzi-110. It
holds until a later day has a page of that product, or until feed.jsonl says that the product was
deleted. taught.jsonl holds the asked facts of every such page as a question and its reply.

A question is worded exactly as its lesson is, so that nothing but time stands between the two.
Two facts of a product are asked, of kinds with at least 25 possible values. A new value is one
that no product of the family ever had. After its product has gone a question has no answer, and
right is a refusal. Before a product has come nobody asks about it.

The train split is for worked examples and for training a reader: the train questions of `support`
about the siblings, those without an answer left out.
"""

LIMITS = """
- Two changes a day among some twenty-four facts are much. A day here stands for one round of
  changes, however long it takes elsewhere.
- Lesson and question share one wording. What another wording costs is the business of
  `support-taught`.
- The same facts are asked on every day, so that the days are not independent. There are fourteen
  products, and intervals over so few groups are wide.
- A page is rewritten in one value and in nothing else.
- No question of the train split is without an answer.
- The hash below does not cover feed.jsonl and taught.jsonl; the byte test does.
"""
