"""The five articles' claims, in our own words (data/claims.yaml).

    article_claim("acc-rag-weights-untouched").paraphrase
    -> "Retrieval leaves the language model exactly as it was; only the input changes."
"""

import difflib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from experiments.core import BookError
from experiments.core.paths import DATA

CLAIMS = DATA / "claims.yaml"


@dataclass(frozen=True)
class ArticleClaim:
    """A claim, paraphrased, and where it stands ("title, section"), each place once."""

    id: str
    paraphrase: str
    sources: tuple[str, ...]


def article_claim(name: str, path: Path = CLAIMS) -> ArticleClaim:
    """Look a claim up by its id; an unknown id lists those nearest to it."""
    known = article_claims(path)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=5, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else f"{path} lists all {len(known)}"
        raise BookError(f"no article makes a claim with the id {name!r}; {hint}")
    return known[name]


def parse_claims(path: Path = CLAIMS) -> dict:
    """Parse the whole file as it stands; raises OSError and yaml.YAMLError."""
    import yaml

    # Thousands of lines: libyaml's loader is ten times faster where it was built.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)


@cache
def article_claims(path: Path = CLAIMS) -> dict[str, ArticleClaim]:
    """Read all claims by id."""
    import yaml

    try:
        rows = parse_claims(path)["claims"]
        claims = [ArticleClaim(row["id"], row["paraphrase"], _places(row["source"]))
                  for row in rows]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise BookError(f"{path}: expected the articles' claims, each with id, paraphrase and "
                        f"source ({error!r}). Restore the file from git.") from error
    return {claim.id: claim for claim in claims}


def _places(sources: list[dict]) -> tuple[str, ...]:
    places = (", ".join(filter(None, (one["title"], one.get("section")))) for one in sources)
    return tuple(dict.fromkeys(places))
