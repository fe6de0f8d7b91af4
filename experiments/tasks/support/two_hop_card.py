"""The prose of the card of `support-two-hop`.

A question that takes two pages, before any code: "Which extension do I call for help with the
appliance the Dibix descaling set is made for?" The page of the set names the Aldra 480, and the
page of the Aldra 480 states the extension.
"""

PURPOSE = """
Questions that no single article answers. Beside the 168 product articles of `support` stand as
many pages about accessories, each of which fits one product and says so. A *bridge* asks for a
fact of the product that an accessory fits and does not name the product: the name stands only on
the accessory's page, the value only in the product's article. A *comparison* names two products
and asks which has more, or less, of something: the answer is a name. A search for the words of a
bridge finds the accessory's page, which holds a tempting price or warranty of its own.
"""

MAKING = """
Written for this book. Products, splits and product articles are those of `support`, and so is the
wording of what a bridge asks for. The names of the accessories, their pages, the bridges and the
comparisons are worded by hand in `experiments/tasks/support/support_two_hop_phrases.yaml`; values
are drawn by seed, and no value of an accessory is one of its product's. `python -m
experiments.tasks.support.two_hop` writes everything again, and a test compares every byte.

The products of a split are paired off. A pair is a group: its two products are compared with each
other only, and the bridges to either belong to the same group, so that no product, accessory or
phrasing occurs in two splits and no product in two groups. Each pair is compared on two kinds of
fact in which its products differ. The right name stands first in half of the comparisons. An
unanswerable question is a bridge to a fact that the product's article does not hold.
"""

LIMITS = """
- Guessing one of the two names is right in half of the comparisons, with or without articles.
  What the oracle gains over closed book comes from the bridges, whose values cannot be guessed,
  as long as a model cannot compare two numbers. Read the two kinds apart.
- The oracle hands over, of each page, the passage in which the answer stands. For a comparison that
  is a product's name, and the fact to compare may stand elsewhere on the page: for comparisons the
  oracle is no ceiling, and need not stand 25 points above closed book. For bridges it is one.
- "Contains" is met by an answer that repeats both names of a comparison. Read exact match there.
- Every bridge has two steps and the first is always the same: which product does this fit?
- All unanswerable questions are bridges; none lacks the link, only the fact at its end.
- The accessories' names are invented syllables. Word-piece tokenisers cut them oddly.
- The pages come from sentence patterns by one author in one style of English.
"""
