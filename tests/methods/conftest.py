"""A bench of eight small documents, twelve questions and the fake model."""

import json

import pytest

from experiments.methods.bench import open_bench

COLOURS = ["amber", "beige", "coral", "denim", "ebony", "fawn", "green", "hazel"]


def write_task(folder, train=6):
    """Write eight lamp articles and twelve questions: `train` of them to learn from."""
    (folder / "documents").mkdir(parents=True)
    rows = []
    for number, colour in enumerate(COLOURS, start=10):
        name = f"lamp-{number}"
        text = (f"# Lamp {number}\n\nThe shade of Lamp {number} is {colour}. "
                f"Its cable measures {number + 2} metres. Wipe it with a dry cloth.\n")
        (folder / "documents" / f"{name}.md").write_text(text)
        split = "train" if number < 10 + train else "test"
        rows.append({"id": f"{name}-colour", "question": f"Which shade has Lamp {number}?",
                     "answers": [colour], "evidence": [name], "split": split, "group": name})
        if number % 2 == 0:
            rows.append({"id": f"{name}-price", "question": f"What does Lamp {number} cost?",
                         "answers": [], "split": split, "group": name})
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "questions.jsonl").write_text(lines)
    return folder


@pytest.fixture
def lamps(tmp_path, own_cache):
    """Open the lamp task with the fake model."""
    return open_bench(str(write_task(tmp_path / "lamps")), "fake")
