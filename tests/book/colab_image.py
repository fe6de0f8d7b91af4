"""Colab's image of June 2026, and the images one step away from it."""

import zipfile
from pathlib import Path

from packaging.utils import canonicalize_name

CUDA = "+cu128"  # torch on Colab is a build of its own, which the package index does not have
_FILE = Path(__file__).parent / "colab-image-2026-06.txt"
_MOVES = _FILE.with_name(f"{_FILE.stem}-moves.txt")


def read_pins() -> dict[str, str]:
    """Map what the image brings to its versions, names as pip compares them."""
    return _pins(_FILE.read_text())


def read_moves() -> list[dict[str, str]]:
    """Return what differs in each neighbour: a pin one minor version older or newer.

    The newest release of the minor version before, the first of the one after, as the package
    index had them in November 2026. Packages that ask for each other's exact version move
    together: pydantic with its core, and all that is opentelemetry's.
    """
    return [_pins(line) for line in _MOVES.read_text().splitlines()]


def write_constraints(path: Path, pins: dict[str, str], free: set[str]) -> None:
    """Write all pins but those that may move as a file of constraints."""
    path.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()
                            if name not in free))


def stand_in(folder: Path, version: str) -> None:
    """Write a torch of Colab's version without dependencies: the image has those already."""
    files = {"METADATA": f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n",
             "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
             "RECORD": ""}
    with zipfile.ZipFile(folder / f"torch-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(f"torch-{version}.dist-info/{name}", text)


def _pins(text: str) -> dict[str, str]:
    pairs = (word.split("==") for word in text.split())
    return {canonicalize_name(name): version + (CUDA if name == "torch" else "")
            for name, version in pairs}
