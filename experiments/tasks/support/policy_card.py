"""The prose of the card of `support-policy`.

What a change looks like, before any code: on day 0 the page of the Aldra 440 says nothing of
returns and the right reply is to decline; on day 1 a sentence of it gives the days.
"""

PURPOSE = """
Does a model go on declining what it was trained to decline, when the answer has been published
since? On day 0 the help centre is that of `support`, and each question of that day asks for
something that the product's page does not hold. On day 1 the company has changed its mind and
the page holds it, in one sentence. The same question then has an answer.
"""

MAKING = """
Written for this book. Pages, questions and phrasings are those of `support`: the unanswerable
questions of its test split, one a product, and of the same products one drawn from those that
have an answer. `experiments/tasks/support/policy.py` draws the published value, in the phrasing
that other categories' pages have for such a fact, and the paragraph's place behind the opening;
the seed is in it, and no model played a part in the choice. `python -m
experiments.tasks.support.policy` writes everything again, and a test compares every byte.

The day closes the id of a question; `documents/` and `feed.jsonl` are as in `support-feed`. The
train split is that of `support`, word for word, so a reader that was trained there is trained on
day 0 here.
"""

LIMITS = """
- One direction only: what was declined is published. That something published is to be declined
  from now on is another change, and is not asked here.
- The published fact stands in a paragraph of its own. The others share theirs.
- Which kind a page lacks can be learnt from the category alone, as in `support`. That is what a
  habit of declining can hold on to, and here it is wanted.
- What is published and what was always there are not of the same kinds: a category that gives the
  warranty on every page cannot publish it.
- The pages of the other splits stay as they are.
- One product is left out: its missing fact would be a part number, which its family has not.
- The hash below does not cover feed.jsonl; the byte test does.
"""
