"""The card of the benchmark `house-words`: what it is, how it was made, what it cannot show."""

from collections import Counter
from collections.abc import Mapping, Sequence

from experiments.tasks.card import hash_contents

CARD = """# house-words

## Purpose

Private vocabulary. The people of a depot use common nouns in a sense of their own (a heron is a
parcel that came back for the second time), and leave each other notes. The question is which of
eight queues should read a note, or none, where the word has its everyday sense. Nothing in a note
but the word tells the queue: what is measured is whether the word is known, by looking it up in
the glossary or by having been trained on other notes.

## Making

Written for this book, every note and every entry by hand: {words} words of which train notes are
there, five a queue, and {new} new words of which only the glossary speaks. Entries and everyday
sentences were written for their words. The other notes were written with a gap, and dealt to the
words by chance: what a note says beside its word says nothing of the queue. All stand in
`experiments/tasks/house_words/house_words.yaml`. `python -m experiments.tasks.house_words.generate`
writes the documents, questions.jsonl and this card again, and a test compares every byte; task.yaml
is written by hand. The evidence of a note is the entry of its word, also where the word has its
everyday sense: there, the entry is what misleads.

Train and test share the words, and no note. The words are no secret that training could leak:
they are what the train split is there to teach.

## Licence

CC BY 4.0. The depot is invented.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| words a note | {shortest} to {longest} |
| test notes with a taught word | {taught} |
| test notes with a new word | {unseen} |
| test notes with a word in its everyday sense | {everyday} |
| train questions (unanswerable) | {train} (0) |
| dev questions (unanswerable) | {dev} (0) |
| test questions (unanswerable) | {test} (0) |

## SHA-256

`{sha256}`

over the path, length and content of every document, of questions.jsonl and of task.yaml, sorted
by path.

## Known limits

- The private senses are arbitrary, which real jargon seldom is. Nobody can guess here; in a real
  depot half of the words could be.
- One note holds one private word, spelt right. Real notes hold several, and slang that no
  glossary has.
- A note was written to tell nothing without its word. Real notes tell more, and are kinder to a
  reader who does not know the word.
- Everyday sentences have the word in the singular and none of the places of the depot, so that
  their style gives them away, too.
- Knowing the word decides all. A task that needs a word *and* a rule is not here.
- Each taught word has one everyday sentence in each split, and no new word has any.
"""


def write_card(files: Mapping[str, str], settings: str, notes: Sequence) -> str:
    """Write card.md for the files and the task.yaml, made of `notes` (house_words.Note)."""
    lengths = [len(note.text.split()) for note in notes]
    tested = Counter(note.kind for note in notes if note.split == "test")
    contents = {**files, "task.yaml": settings}
    return CARD.format(
        words=len({note.word for note in notes if note.kind == "taught"}),
        new=len({note.word for note in notes if note.kind == "new"}),
        documents=len(files) - 1, shortest=min(lengths), longest=max(lengths),
        taught=tested["taught"], unseen=tested["new"], everyday=tested["everyday"],
        sha256=hash_contents({path: text.encode() for path, text in contents.items()}),
        **Counter(note.split for note in notes))
