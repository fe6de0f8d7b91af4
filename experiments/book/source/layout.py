"""Where a book's parts lie. One object, so that a test can build a book of its own."""

from dataclasses import dataclass
from pathlib import Path

from experiments.core import BookError
from experiments.core.paths import ROOT


@dataclass(frozen=True)
class Layout:
    """A book's folders; everything below `build` can be deleted."""

    root: Path = ROOT

    @property
    def data(self) -> Path:
        """Benchmarks, records, prices, claims and published numbers."""
        return self.root / "data"

    @property
    def build(self) -> Path:
        """Everything that a build makes."""
        return self.root / "build"

    @property
    def executed(self) -> Path:
        """Chapters that ran and passed the gate."""
        return self.build / "executed"

    @property
    def failed(self) -> Path:
        """Chapters as they were when they failed, for a person to look at."""
        return self.build / "failed"

    @property
    def cache(self) -> Path:
        """Executed chapters by the key of what went into them."""
        return self.build / "cache"

    @property
    def stage(self) -> Path:
        """What Jupyter Book reads."""
        return self.build / "stage"

    @property
    def html(self) -> Path:
        """The finished site; index.html is in it."""
        return self.build / "html"

    def chapter(self, name: str) -> Path:
        """Find a chapter's notebook; an unknown name lists the known ones."""
        path = self.root / "chapters" / f"{name}.ipynb"
        if not path.exists():
            known = ", ".join(self.chapter_names()) or "none"
            raise BookError(f"unknown chapter {name!r}; known chapters: {known}")
        return path

    def chapter_names(self) -> list[str]:
        """Name all chapters in order."""
        return sorted(path.stem for path in (self.root / "chapters").glob("*.ipynb"))
