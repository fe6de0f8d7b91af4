"""YAML that somebody else wrote: plain values, of a size that its text shows.

    read_yaml("kind: sql")      -> {"kind": "sql"}

An alias repeats a part of the file; aliases of aliases make gigabytes of a few lines. So there
may be few, and what is nested deeper than any file of ours is refused before it is read.
"""

import yaml

MOST_ALIASES, MOST_LEVELS = 10, 40


class _Loader(yaml.SafeLoader):
    """The safe loader, with a count of aliases and of levels."""

    aliases = levels = 0

    def compose_node(self, parent, index):
        """Compose one node; refuse what grows or nests without measure."""
        self.aliases += self.check_event(yaml.AliasEvent)
        if self.aliases > MOST_ALIASES:
            raise ValueError(f"more than {MOST_ALIASES} aliases such as *name; write the values "
                             "out")
        self.levels += 1
        if self.levels > MOST_LEVELS:
            raise ValueError(f"nested more than {MOST_LEVELS} levels deep")
        node = super().compose_node(parent, index)
        self.levels -= 1
        return node


def read_yaml(text: str) -> object:
    """Return the plain values of a YAML text; raises ValueError, in words, for anything else.

    A date that no calendar has is such a thing, and a number of thousands of digits.
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
