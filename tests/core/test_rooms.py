"""The picture of the architecture is what the imports give, and nothing drawn by hand."""

import re

import pytest

from experiments.core import BookError
from experiments.core.rooms import PICTURE, direct, draw, levels, room_imports

HOUSE = {"core": set(), "tasks": {"core"}, "models": {"core"},
         "methods": {"core", "tasks", "models"}, "book": {"core", "methods"}}


def write(package, **modules):
    """Write a package: room__deeper__module="its source"."""
    for name, source in modules.items():
        path = package.joinpath(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return package


def test_the_committed_picture_is_what_the_imports_give():
    assert PICTURE.read_text(encoding="utf-8") == draw(room_imports()), (
        "run: python -m experiments.core.rooms")


def test_a_room_is_the_first_folder_and_lazy_imports_count(tmp_path):
    package = write(
        tmp_path / "house", main="from house.book import lint", core__files="import os",
        tasks__support__generate="from house.core.files import replace_file",
        book__lint__cells="def look():\n    from house import tasks\n",
        book__site="from house.book.lint import cells\nimport house.core.files\n")
    assert room_imports(package) == {"core": set(), "tasks": {"core"}, "book": {"core", "tasks"}}


def test_a_room_stands_above_all_that_it_imports():
    assert levels(HOUSE) == [["core"], ["models", "tasks"], ["methods"], ["book"]]


def test_an_import_that_follows_from_others_is_not_drawn_again():
    assert direct(HOUSE) == [("core", "models"), ("core", "tasks"), ("methods", "book"),
                             ("models", "methods"), ("tasks", "methods")]


def test_every_import_stands_in_the_text_of_the_picture():
    picture = draw(HOUSE)
    assert "book imports core, methods" in picture
    assert re.findall(r"<text[^>]*>(\w+)</text>", picture) == [
        "core", "models", "tasks", "methods", "book"]
    assert picture.count("marker-end") == 5


def test_an_arrow_goes_from_the_edge_of_a_box_to_the_edge_of_the_next():
    picture = draw({"core": set(), "book": {"core"}})
    assert 'd="M100 29 140 29"' in picture and '<rect x="12" y="12" width="88"' in picture
    assert '<rect x="140" y="12"' in picture


def test_a_circle_is_named():
    with pytest.raises(BookError, match="a circle: .*core"):
        levels({"core": {"book"}, "book": {"core"}})
