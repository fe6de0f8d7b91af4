"""The pins of a Colab image, and of two that it might move to: all a minor version older, newer.

    python tests/book/colab_images.py tests/book/colab/image-2026-06.txt

writes image-2026-06-older.txt and -newer.txt beside it. Which versions there are, pip says. A pin
without such a neighbour in its major version stays.
"""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from packaging.version import Version

# What pip takes into account for the machines of Colab: Python 3.12 on x86 with glibc 2.35.
TARGET = ("--python-version=3.12", "--implementation=cp", "--only-binary=:all:",
          *(f"--platform=manylinux_2_{minor}_x86_64" for minor in range(17, 36)),
          "--platform=manylinux2014_x86_64")
# pydantic names the one pydantic-core that it takes: its pin is no choice of an image.
FOLLOWS = {"pydantic_core"}


def read_pins(path: Path) -> dict[str, str]:
    """Map the distributions of an image to their versions."""
    return dict(line.split("==") for line in path.read_text().split())


def neighbours(name: str, version: str) -> tuple[str, str]:
    """Return the last release of the minor version before, and of the one after."""
    early = ["--pre"] if Version(version).is_prerelease else []  # all that some projects have
    done = subprocess.run([sys.executable, "-m", "pip", "index", "versions", name, *early,
                           *TARGET], capture_output=True, text=True, check=True)
    named = re.search(r"Available versions: (.*)", done.stdout)[1].split(", ")
    listed = filter(re.compile(r"[\d.]+((a|b|rc|\.post)\d+)?").fullmatch, named)  # not "0.7.0d"
    own = Version(version)
    last: dict[int, str] = {}
    for one in sorted(listed, key=Version):
        if Version(one).major == own.major:
            last[Version(one).minor] = one
    older = [minor for minor in last if minor < own.minor]
    newer = [minor for minor in last if minor > own.minor]
    return (last[max(older)] if older else version, last[min(newer)] if newer else version)


def main(path: Path) -> None:
    """Write the two images beside that of `path`."""
    pins = {name: version for name, version in read_pins(path).items() if name not in FOLLOWS}
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pin: neighbours(*pin), pins.items()))
    for index, which in enumerate(("older", "newer")):
        lines = [f"{name}=={pair[index]}\n" for name, pair in zip(pins, found, strict=True)]
        path.with_name(f"{path.stem}-{which}.txt").write_text("".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
