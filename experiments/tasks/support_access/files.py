"""All files of `support-access`, from the documents, the questions and the users.

A real entry of users.yaml, before any code:

    - {id: aino-sundal, tenant: sundal-stores, groups: []}
"""

from collections import Counter

from experiments.tasks.folder import json_lines
from experiments.tasks.support.common import fill_card
from experiments.tasks.support_access.articles import documents, spoken
from experiments.tasks.support_access.questions import questions
from experiments.tasks.support_access.rules import ASKED_ON, NAME
from experiments.tasks.support_access.terms import users, wording

PURPOSE = """
A help centre that two dealers, Sundal Stores and Halden Direct, share. They sell the same products
on different terms, so every question about a term has a right answer for one tenant's user and
another for the other's. Besides public articles there are internal notes for some groups or for a
single user, retired articles with old terms that were never taken down, and delivery pages with
dates from which they hold. The right answer is what the user who asks may see; the other values
are what a leak looks like.
"""

MAKING = """
Written for this book. Products, families and splits are those of half of `support` (one family a
category, 84 products), and so is the wording of the product articles and of the questions about
terms. Notes, delivery pages and their questions are worded by hand in
`experiments/tasks/support_access/support_access_phrases.yaml`. Terms are drawn by seed and are not
those of `support`; none occurs twice among the siblings of a family, at either tenant or in a
retired article. Measured facts, such as the length of a cable, are as in `support`. No phrasing,
product or category of delivery pages serves two splits. `python -m
experiments.tasks.support_access.generate` writes everything again, and a test compares every byte.

Every document has a YAML header: `tenant`, `audience` ("public", or the groups and users who may
read it, parted by commas), `status` (current or retired), `date` (ISO), `topic`. The rules:

1. A user may read a document if its tenant is the user's, its status is current, and its audience
   is public or names the user or one of the user's groups.
2. Every question is asked on {asked_on}. Of the documents of one tenant and topic that the user
   may read and that are not dated after that day, the newest counts.

`users.yaml` lists the users. `forbidden.jsonl` has for every question its case, the values that
must not be said (`forbidden`: from documents the user may not read; `stale`: no longer or not yet
in force; all accepted forms) and the documents that hold them. A question whose user may not read
the only document that holds the answer is unanswerable.
"""

LIMITS = """
- Access is decided by the header alone. A question never tries to talk its way past it, and no
  user's groups change.
- All questions are asked on one day, and a page is dated only by the day from which it holds.
- A system that always refuses leaks nothing and is right on every unanswerable question. Read
  leaks beside right answers.
- A note holds one fact and stands alone on its subject, and every customer has the same rights.
- A question about a note is asked in the same words by users who may and who may not read it; the
  wording does not tell which, and some of the denied users ask as a colleague would.
- Short forms such as "27" count as a leak too and may stand in a longer answer by chance.
- The wording was written by one author in one style of English.
"""


def generate() -> dict[str, str]:
    """Make all files: relative path -> content, the same at every call."""
    asked = list(questions())
    files = {f"documents/{name}.md": text for name, text in documents()}
    files["questions.jsonl"] = json_lines(question for question, _ in asked)
    files["forbidden.jsonl"] = json_lines(forbidden for _, forbidden in asked)
    files["users.yaml"] = "".join(
        f"- {{id: {user.id}, tenant: {user.tenant}, groups: [{', '.join(user.groups)}]}}\n"
        for user in users())
    cases = Counter(forbidden["case"] for question, forbidden in asked
                    if question["split"] == "test")
    files["card.md"] = fill_card(
        NAME, files, purpose=PURPOSE, making=MAKING.format(asked_on=spoken(ASKED_ON)),
        limits=LIMITS,
        counts={"users": len(users()), "tenants": len(wording()["tenants"]),
                **{f"of the test questions, case {case}": cases[case] for case in cases}})
    return files
