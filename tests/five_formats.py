"""A reader's folder: one document in each of five formats, and six questions."""

import json

import docx

from tests.retrieval.conftest import pdf_bytes

QUESTIONS = [
    ("mast", "Which colour is the mast?", ["crimson"]),
    ("anchor", "How heavy is the anchor?", ["41 kg"]),
    ("rudder", "What is the rudder made of?", ["larch"]),
    ("keel", "How long is the keel?", ["9 metres"]),
    ("galley", "How many plates are in the galley?", ["17"]),
    (None, "Who built the lighthouse?", []),
]


def write_five_formats(folder):
    """Write the folder and return it."""
    documents = folder / "documents"
    documents.mkdir(parents=True)
    (documents / "mast.md").write_text("# Mast\n\nThe mast of the boat is crimson.\n")
    (documents / "anchor.txt").write_text("Anchor\n\nThe anchor of the boat weighs 41 kg.\n")
    (documents / "rudder.html").write_text(
        "<html><head><title>Rudder</title></head>"
        "<body><p>The rudder of the boat is made of larch.</p></body></html>")
    (documents / "keel.pdf").write_bytes(pdf_bytes("The keel of the boat is 9 metres long."))
    page = docx.Document()
    page.add_heading("Galley", level=1)
    page.add_paragraph("The galley of the boat holds 17 plates.")
    page.save(documents / "galley.docx")
    rows = [
        {"id": f"q{number}", "question": question, "answers": answers,
         "evidence": [evidence] if evidence else []}
        for number, (evidence, question, answers) in enumerate(QUESTIONS)
    ]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder
