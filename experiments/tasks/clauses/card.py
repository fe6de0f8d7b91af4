"""The card of the benchmark `clauses`: what it is, how it was made, what it cannot show."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from experiments.tasks.card import hash_contents
from experiments.tasks.clauses.drafting import Draft
from experiments.tasks.clauses.terms import FIELDS, STYLES, provisions, wording

CARD = """# clauses

## Purpose

Extract the terms of a contract clause as one JSON object: twelve fields under `schema.json`, null
where the clause is silent. The work asks for a form (always the same keys, types and order) and
for reading (an amendment overrides a figure, a cure period is not a notice period). The question
is the clause itself. The documents are the guide of a contracts department: {documents} short
pages on how to read each field and how to write it. Some of its rules cannot be guessed (a month
of notice is 30 days, a monthly rate counts twelve times, "with immediate effect" is 0 days):
these can be retrieved or learnt.

## Making

Written for this book, every sentence by hand: {sentences} sentences for {entries} entries of
provisions, each in four drafting styles ({styles}), besides {around} openings, carve-outs,
amendments, proposals and asides. They stand in `clauses_provisions.yaml`,
`clauses_provisions_more.yaml` and `clauses_wording.yaml`; no sentence serves two splits. `terms.py`
draws the values by seed, `drafting.py` the layout. `python -m experiments.tasks.clauses.generate`
writes questions.jsonl and this card again, and a test compares every byte. The guide, `schema.json`
and `task.yaml` are written by hand.

Splits are by agreement: two clauses an agreement, its companies in one split only. An id tells the
style and what makes the clause hard:

| feature | meaning | clauses |
|---|---|---|
{features}

Null means that the clause does not settle the term. A term that it excludes has a value:
`"renewal":"none"`, `"termination":"none"`, `"assignment":"prohibited"`. The evidence of a question
are the guide pages of its fields, with the page on amendments where one is told of, and the page
on silence where no field is present.

Fields present, by split:

| field | train | dev | test |
|---|---|---|---|
{present}

## Licence

CC BY 4.0. The companies are invented.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| words a clause | {shortest} to {longest} |
| fields present a clause, mean | {mean:.1f} of {fields} |
| characters of an answer | {shortest_answer} to {longest_answer} |
| train questions (unanswerable) | {train} (0) |
| dev questions (unanswerable) | {dev} (0) |
| test questions (unanswerable) | {test} (0) |

## SHA-256

`{sha256}`

over the path, length and content of every document, questions.jsonl, schema.json and task.yaml,
sorted by path.

## Known limits

- The guide holds rules, not answers, so the oracle row (the right pages given) need not stand 25
  points above the closed-book row: both see the whole clause. The row to beat is the object of
  nulls: it gets {null_share:.0%} of all fields of test right, and none of those that are present.
  Read `field_f1` or `present_field_accuracy` beside `field_accuracy`.
- A clause is a handful of sentences from one list a style and split, in an order drawn by seed.
  Real contracts scatter a term over pages, and contradict themselves by accident.
- Every term is stated once, or once and amended. Chains of amendments, terms that differ between
  the parties, and rates above a base rate do not occur.
- The styles were written by one author. The baroque one exaggerates what old deeds do.
- Values are drawn from lists, and governing law and courts independently of each other, so that
  one cannot be guessed from the other; in real contracts they mostly agree.
- The lists of values are shared by the splits; sentences and companies are not. An answer that
  test and train share (the object of nulls, above all) is no leak of a clause.
- All texts are English. Fields with few values (`"renewal":"automatic"`) can be guessed more
  often than others; read the fields apart.
"""

FEATURES = {
    "silent": "no field is present",
    "crossref": "a provision points to another section",
    "named": "a right belongs to a company, not to a role",
    "atonce": "termination without notice, so that the notice is 0 days",
    "units": "a value stands in another unit than that of its field",
    "carveout": "an exception that leaves the value as it is",
    "unsigned": "a change was proposed and not made: the first value holds",
    "amended": "a change was made: the later value holds",
}


def write_card(files: Mapping[str, str], drafts: Sequence[Draft]) -> str:
    """Write card.md for the contents of the folder without it."""
    rows = [json.loads(line) for line in files["questions.jsonl"].splitlines()]
    answers = [(row["split"], json.loads(row["answers"][0])) for row in rows]
    present = Counter((split, name) for split, said in answers for name in FIELDS
                      if said[name] is not None)
    tests = [said for split, said in answers if split == "test"]
    words = [len(row["question"].split()) for row in rows]
    lengths = [len(row["answers"][0]) for row in rows]
    features = Counter(feature for drafted in drafts for feature in drafted.features)
    return CARD.format(
        documents=sum(path.startswith("documents/") for path in files),
        sentences=_count(provisions()), entries=len(provisions()), styles=", ".join(STYLES),
        around=sum(_count(wording()[part]) for part in (
            "openings", "carveouts", "amendments", "proposals", "asides")),
        features="\n".join(f"| {name} | {meaning} | {features[name]} |"
                           for name, meaning in FEATURES.items()),
        present="\n".join(f"| {name} | {present['train', name]} | {present['dev', name]} | "
                          f"{present['test', name]} |" for name in FIELDS),
        shortest=min(words), longest=max(words), fields=len(FIELDS),
        mean=sum(present.values()) / len(rows),
        shortest_answer=min(lengths), longest_answer=max(lengths),
        null_share=sum(said[name] is None for said in tests for name in FIELDS)
        / (len(tests) * len(FIELDS)),
        sha256=hash_contents({path: text.encode() for path, text in files.items()}),
        **Counter(row["split"] for row in rows))


def _count(part: object) -> int:
    """Count the sentences anywhere in a part of a wording file."""
    if isinstance(part, str):
        return 1
    return sum(map(_count, part.values() if isinstance(part, dict) else part))
