"""Documents and questions of `devdocs`, made from small pages by hand."""

import re

import pytest

from experiments.core import BookError
from experiments.tasks.devdocs import asked as devdocs_asked
from experiments.tasks.devdocs.asked import (
    Asked,
    find_answer,
    find_faults,
    find_whole,
    read_asked,
)
from experiments.tasks.devdocs.corpus import cut, piece_at
from experiments.tasks.devdocs.markup import Titles
from experiments.tasks.devdocs.questions import deal_splits, wording, write_rows
from experiments.tasks.devdocs.settings import (
    Ask,
    accept,
    ask_absent,
    mentioned,
    read_defaults,
    read_names,
)
from experiments.tasks.devdocs.text import read_page

MARKS = "=-~"


def page(*sections, name="ref/settings"):
    """Write a page: each section is its depth (1 is the page's title), title and text."""
    source = "\n\n".join(f"{title}\n{MARKS[depth - 1] * 40}\n\n{text}"
                         for depth, title, text in sections)
    return read_page(name, source, Titles({}, {}))


def settings(**defaults):
    """Write a page of settings, each with its line of the default."""
    return page((1, "Settings", ""), (2, "Core", ""),
                *((3, name, f"Default: {default}\n\nMore.") for name, default in defaults.items()))


def test_a_section_is_a_document_with_a_header_that_says_what_it_is_about():
    made = cut(page((1, "Databases", "word " * 20), (2, "SQLite notes", "word " * 150)), "5.2")
    assert [piece.id for piece in made] == ["5.2/ref/settings/Databases",
                                            "5.2/ref/settings/SQLite-notes"]
    assert made[1].write().startswith(
        "---\ntitle: 'Django 5.2: SQLite notes (Databases)'\nversion: '5.2'\n"
        "page: ref/settings\nsection: Databases > SQLite notes\n---\n## SQLite notes\n\nword")


def test_a_short_section_keeps_its_subsections():
    made = cut(page((1, "Databases", "word " * 20), (2, "SQLite", "Short.")), "5.2")
    assert [piece.title for piece in made] == ["Django 5.2: Databases"]


def test_short_neighbours_are_joined_up_to_a_passage():
    # 1 mark, 1 title and 70 words make 72: two are 144 words, of at most 145; three are more.
    made = cut(page((1, "Tags", "word " * 12), *((2, t, "word " * 70) for t in ("a", "b", "c"))),
               "5.2")
    assert [piece.title for piece in made] == ["Django 5.2: Tags", "Django 5.2: a, b (Tags)",
                                               "Django 5.2: c (Tags)"]


def test_settings_are_never_joined_and_a_bare_heading_goes_with_the_first():
    made = cut(page((1, "Settings", "word " * 200), (2, "Core", "Few words."),
                    (3, "USE_TZ", "Default: True"), (3, "CACHES", "word " * 200)), "5.2")
    assert [piece.id.rpartition("/")[2] for piece in made] == ["Settings", "USE_TZ", "CACHES"]
    assert made[1].text == "## Core\n\nFew words.\n\n### USE_TZ\n\nDefault: True"


def test_a_title_that_is_there_twice_is_told_apart_by_its_parent():
    made = cut(page((1, "P", "word " * 200), (2, "A", ""), (3, "Notes", "word " * 150),
                    (2, "B", ""), (3, "Notes", "word " * 150)), "5.2")
    assert [piece.id.rpartition("/")[2] for piece in made] == ["P", "A-Notes", "B-Notes"]


def test_documents_hold_the_whole_page_in_order():
    whole = page((1, "P", "First."), (2, "A", "word " * 150), (2, "B", "word " * 150))
    made = cut(whole, "5.2")
    assert "\n\n".join(piece.text for piece in made) == whole.text
    assert piece_at(made, whole.text.index("## B") + 1).id == "5.2/ref/settings/B"


def test_defaults_are_read_where_they_are_literals_that_a_grader_can_tell():
    found = read_defaults(settings(
        USE_TZ="``True``", CSRF_COOKIE_AGE="``31449600`` (approximately 1 year, in seconds)",
        LANGUAGE_CODE="``'en-us'``", ALLOWED_HOSTS="``[]`` (Empty list)", MEDIA_ROOT="``''``",
        CACHE_ALIAS="``'default'``", AUTH_USER_MODEL="``'auth.User'``", SITE_ID="Not defined"),
        "5.2")
    assert [(ask.path[0], ask.answers) for ask in found] == [
        ("USE_TZ", ("True",)), ("CSRF_COOKIE_AGE", ("31449600", "1 year")),
        ("LANGUAGE_CODE", ("'en-us'", "en-us"))]


def test_the_offset_of_a_default_is_where_it_stands_on_the_page():
    made = settings(USE_TZ="``True``", EMAIL_PORT="``25``")
    port = read_defaults(made, "5.2")[1]
    assert made.text[port.offset:].startswith("25\n\nMore.")


def test_a_key_of_a_setting_is_named_with_its_setting():
    ask = Ask(("DATABASES", "TEST", "NAME"), "5.2", ("None",))
    assert ask.it == "the key NAME of TEST of the setting DATABASES"
    assert ask.id == "setting-databases-test-name-5.2"
    assert Ask(("USE_TZ",), "6.1").it == "the setting USE_TZ"


@pytest.mark.parametrize("literal, remark, forms", [
    ("1209600", "2 weeks, in seconds", ("1209600", "2 weeks")),
    ("2621440", "i.e. 2.5 MB", ("2621440", "2.5 MB")),
    ("0", "Sunday", ("0", "Sunday")),
    ("'F j'", "e.g. May 4", ("'F j'", "F j")),
    ("None", "expires at browser close", ("None",)),
    ("'django.test.runner.DiscoverRunner'", "", (
        "'django.test.runner.DiscoverRunner'", "django.test.runner.DiscoverRunner",
        "DiscoverRunner")),
    ("['a.ModelBackend']", "", ("['a.ModelBackend']", "a.ModelBackend", "ModelBackend")),
])
def test_an_answer_is_accepted_as_written_and_as_people_say_it(literal, remark, forms):
    assert accept(literal, remark) == forms


def test_a_setting_is_asked_as_absent_only_where_nothing_mentions_it():
    pages = {"4.2": settings(USE_L10N="``True``"), "5.2": settings(USE_TZ="``True``"),
             "6.1": settings(USE_TZ="``True``")}
    texts = {"4.2": "USE_L10N", "5.2": "USE_L10N is gone. USE_TZ", "6.1": "USE_TZ, XUSE_L10N"}
    assert [ask.id for ask in ask_absent(pages, texts)] == ["setting-use-l10n-6.1",
                                                            "setting-use-tz-4.2"]
    assert read_names(pages["4.2"]) == {"USE_L10N"}


def test_settings_of_hand_written_questions_are_not_asked_again():
    asked = [Asked("a", "t", "Which setting in {version}?", {"5.2": ["LOGIN_URL"]}, "p", "USE_TZ"),
             Asked("b", "t", "What does DEBUG do?", {}, versions=("5.2",)),
             Asked("c", "t", "What?", {"5.2": ["x"]}, "ref/settings", "SITE_ID")]
    names = {"LOGIN_URL", "USE_TZ", "DEBUG", "SITE_ID"}
    assert mentioned(names, asked) == {"LOGIN_URL", "DEBUG", "SITE_ID"}


def test_an_answer_is_found_as_a_whole_word_or_number_only():
    assert find_whole("Django 14.2 and 14", "14") == 16
    assert find_whole("3.14", "14") is None
    assert find_whole("use Model.save here", "save") == 10
    assert find_whole("unsaved", "save") is None
    assert find_whole("run --tag.", "--tag") == 4


def test_a_wrong_section_or_answer_is_told_with_what_there_is():
    made = page((1, "Databases", "First."), (2, "SQLite", "Version 3.31."))
    section, offset = find_answer(made, "SQLite", "3.31")
    assert section.title == "SQLite" and made.text[offset:offset + 4] == "3.31"
    with pytest.raises(BookError, match="no section 'Oracle'; it has: Databases, SQLite"):
        find_answer(made, "Oracle", "3.31")
    with pytest.raises(BookError, match="'3.31' is not in .* 'Databases'; it is in: SQLite"):
        find_answer(made, "Databases", "3.31")
    entry = Asked("a", "t", "q", {"5.2": ["3.31"], "6.1": ["3.37"]}, "ref/settings", "SQLite")
    assert list(find_faults(entry, {("5.2", "ref/settings"): made})) == [
        "Django 6.1 has no page 'ref/settings'"]


def test_faulty_entries_are_all_named(tmp_path, monkeypatch):
    monkeypatch.setattr(devdocs_asked, "INPUTS", tmp_path)
    (tmp_path / "asked.yaml").write_text(
        "- {id: one, topic: t, question: 'In {version}?', answers: {}, colour: red}\n"
        "- {id: two, topic: t, page: p, section: s, question: 'In 5?', answers: {'7': [1]}}\n",
        encoding="utf-8")
    with pytest.raises(BookError) as caught:
        read_asked(["5.2"])
    assert re.findall(r"^one has the field 'colour', which nobody reads, no versions$",
                      str(caught.value), re.MULTILINE)
    assert ("two has a question without {version}, the version '7', which is none of 5.2, "
            "answers for 7 that are not a list of strings") in str(caught.value)


def test_splits_are_dealt_by_group_and_each_kind_by_itself():
    asked = [Asked(f"e{n}", f"topic-{n}", "q", {"5.2": ["a"]}, "p", "s") for n in range(10)]
    generated = {f"setting-{n}": [Ask((f"S{n}",), "5.2", ("None",))] for n in range(20)}
    splits = deal_splits(generated, asked)
    topics = [splits[entry.topic] for entry in asked]
    guessable = [splits[group] for group in generated]
    # Half and a fifth of ten; a quarter and three twentieths of twenty.
    assert [topics.count(split) for split in ("test", "dev", "train")] == [5, 2, 3]
    assert [guessable.count(split) for split in ("test", "dev", "train")] == [5, 3, 12]


def test_an_answer_that_differs_is_asked_of_every_version_and_another_of_one(monkeypatch):
    monkeypatch.setattr("experiments.tasks.devdocs.questions.OTHER_VERSIONS",
                        {"train": 0, "dev": 0, "test": 0})
    corpus = {}
    for version, number in (("4.2", "12"), ("5.2", "14")):
        made = page((1, "Settings", f"Needs {number}. Uses psycopg."))
        corpus[version, "ref/settings"] = (made, cut(made, version))
    asked = [Asked("oldest", "a", "In {version}?", {"4.2": ["12"], "5.2": ["14"]},
                   "ref/settings", "Settings"),
             Asked("driver", "b", "In {version}?", {"4.2": ["psycopg"], "5.2": ["psycopg"]},
                   "ref/settings", "Settings")]
    rows = {row["id"]: row for row in write_rows(corpus, asked)
            if not row["id"].startswith("setting-")}
    assert {name for name in rows if name.startswith("oldest")} == {"oldest-4.2", "oldest-5.2"}
    assert len(rows) == 3
    assert rows["oldest-5.2"] == {
        "id": "oldest-5.2", "question": "In 5.2?", "answers": ["14"],
        "evidence": ["5.2/ref/settings/Settings"], "split": rows["oldest-4.2"]["split"],
        "group": "a"}


def test_no_phrasing_serves_two_splits_and_each_names_setting_and_version():
    phrasings = wording()["phrasings"]
    assert {split: len(each) for split, each in phrasings.items()} == {
        "train": 4, "dev": 3, "test": 5}
    every = [re.sub(r"\W+", " ", text.lower()) for each in phrasings.values() for text in each]
    assert len(set(every)) == 12
    for text in (text for each in phrasings.values() for text in each):
        assert text.count("{it}") == 1 and text.count("{version}") == 1
