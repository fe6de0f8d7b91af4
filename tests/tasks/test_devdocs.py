"""The benchmark `devdocs`: what its card promises is true of the prepared task."""

import json
import re
import shutil
from collections import Counter, defaultdict
from functools import cache

import pytest
import yaml

from experiments.core import BookError, paths
from experiments.tasks.catalogue import check_card
from experiments.tasks.devdocs import archives as devdocs_archives
from experiments.tasks.devdocs import generate as devdocs
from experiments.tasks.devdocs.archives import read_archives, read_pages
from experiments.tasks.devdocs.asked import find_whole
from experiments.tasks.devdocs.corpus import cut
from experiments.tasks.devdocs.questions import wording
from experiments.tasks.folder import read_questions
from experiments.tasks.settings import read_settings
from tests.tasks.generated import unlike

VERSIONS = ("4.2", "5.2", "6.1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Prepare the task in a cache of this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KNOW_OR_BEHAVE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield devdocs.prepare()


@pytest.fixture(scope="module")
def examples(folder):
    return read_questions(folder)


@pytest.fixture(scope="module")
def documents(folder):
    """Read every document: id -> header and text."""
    found = {}
    for path in sorted((folder / "documents").rglob("*.md")):
        _, header, text = path.read_text(encoding="utf-8").split("---\n", 2)
        name = path.relative_to(folder / "documents").with_suffix("").as_posix()
        found[name] = (yaml.safe_load(header), text)
    return found


@cache
def whole_documentation():
    return devdocs.read_documentation(whole=True)


def version_of(example):
    """Read the version that is asked, which ends the id and stands in the question."""
    version = example.id.rpartition("-")[2]
    assert f" {version}" in example.question, example.id
    return version


def test_the_committed_card_is_the_one_of_the_prepared_task(folder):
    committed = paths.TASKS / "devdocs" / "card.md"
    assert committed.read_bytes() == (folder / "card.md").read_bytes()
    check_card(folder, committed)


def test_the_prepared_folder_holds_the_generated_files_and_no_other(folder):
    assert unlike(folder, devdocs.generate()) == []
    assert read_settings(folder).kind == "questions"


def test_there_are_enough_questions_of_every_kind(examples):
    split = Counter(example.split for example in examples)
    unanswerable = Counter(example.split for example in examples if not example.answerable)
    assert split["test"] >= 160 and split["dev"] >= 60 and split["train"] >= 80
    assert unanswerable["test"] >= 40 and unanswerable["dev"] >= 15
    written = [e for e in examples if not e.group.startswith("setting-") and e.answerable]
    assert len({e.id.rpartition("-")[0] for e in written}) >= 90


def test_forty_facts_have_another_answer_in_another_version(examples):
    answers = defaultdict(set)
    for example in examples:
        if example.answerable:
            answers[example.id.rpartition("-")[0]].add(example.answers[0].casefold())
    assert sum(len(found) > 1 for found in answers.values()) >= 40


def test_the_first_answer_stands_verbatim_in_evidence_of_the_asked_version(examples, documents):
    for example in examples:
        if example.answerable:
            (name,) = example.evidence
            assert find_whole(documents[name][1], example.answers[0]) is not None, example.id
            assert name.split("/")[0] == version_of(example) == documents[name][0]["version"]


def test_an_unanswerable_question_has_no_evidence_and_18_ask_versions_that_are_not_there(examples):
    versions = Counter(version_of(e) for e in examples if not e.answerable)
    assert all(e.evidence == () for e in examples if not e.answerable)
    others = set(versions) - set(VERSIONS)
    assert others == set(wording()["absent_versions"])
    assert sum(versions[version] for version in others) == 18


def test_an_invented_setting_occurs_nowhere_in_any_documentation():
    sources = [text for archive in read_archives() for text in read_pages(archive).values()]
    for name in wording()["invented"]:
        assert not any(name in text for text in sources), name
    assert len(set(wording()["invented"])) == 26


def test_a_setting_asked_as_absent_is_not_in_the_corpus_of_that_version(examples, documents):
    texts = {version: "\n".join(text for header, text in documents.values()
                                if header["version"] == version) for version in VERSIONS}
    absent = [e for e in examples if e.group.startswith("setting-") and not e.answerable
              and version_of(e) in VERSIONS]
    assert len(absent) > 26  # the invented ones and those of other versions
    for example in absent:
        name = re.search(r"the setting (\w+)", example.question)[1]
        assert find_whole(texts[version_of(example)], name) is None, example.id


def test_no_group_and_no_wording_is_in_two_splits(examples):
    groups, wordings = defaultdict(set), defaultdict(set)
    for example in examples:
        groups[example.group].add(example.split)
        bare = re.sub(r"\d\.\d", "", example.question)
        bare = re.sub(r"the (key|setting) [A-Z].*[A-Z_]{2}", "", bare)
        wordings[" ".join(re.findall(r"\w+", bare.casefold()))].add(example.split)
    assert {name for name, splits in groups.items() if len(splits) > 1} == set()
    assert {name for name, splits in wordings.items() if len(splits) > 1} == set()
    assert len({example.question for example in examples}) == len(examples)


def test_no_setting_is_asked_by_hand_in_one_split_and_generated_in_another(examples):
    generated = {e.group: e.split for e in examples if e.group.startswith("setting-")}
    for example in examples:
        if not example.group.startswith("setting-"):
            for name in re.findall(r"\b[A-Z]+_[A-Z_]+\b", example.question):
                group = "setting-" + name.lower().replace("_", "-")
                assert generated.get(group, example.split) == example.split, example.id


def test_a_question_does_not_hold_its_answer(examples):
    def words(text):
        return " ".join(["", *re.findall(r"\d+(?:\.\d+)*|[^\W_]+", text.casefold()), ""])

    for example in examples:
        for answer in example.answers:
            assert words(answer).strip(), example.id
            assert words(answer) not in words(example.question), example.id


def test_the_same_pages_are_there_in_every_version(documents):
    pages = {version: {h["page"] for h, _ in documents.values() if h["version"] == version}
             for version in VERSIONS}
    lasting = [{p for p in pages[v] if not p.startswith("releases/")} for v in VERSIONS]
    assert {"ref/settings", "ref/databases"} <= lasting[0] == lasting[1] == lasting[2]


def test_the_corpus_stays_within_what_two_cores_can_embed(documents):
    # A passage of 256 word pieces holds some 146 words: 1.75 pieces a word, counted with the
    # embedder's tokenizer over the whole corpus.
    passages = sum(-(-len(text.split()) * 175 // 25600) for _, text in documents.values())
    assert 1500 < passages <= 3100


def test_settings_are_documents_with_titles_that_say_version_and_setting(documents):
    header, text = documents["5.2/ref/settings/DATABASES-HOST"]
    assert header["title"] == "Django 5.2: DATABASES: HOST (Settings)"
    assert text.startswith("#### HOST\n\nDefault: ''")


@pytest.mark.parametrize("version", VERSIONS)
def test_sections_of_all_pages_lie_where_they_say_and_documents_lose_nothing(version):
    seen = set()
    for (of, name), page in whole_documentation().items():
        if of != version:
            continue
        for section in page.sections:
            mark = f"{'#' * len(section.titles)} {section.title}"
            assert (page.text[section.start:] + "\n").startswith(mark + "\n"), (name, section)
            assert page.text[:section.end] == page.text[:section.end].rstrip()
        pieces = cut(page, version)
        held = "\n\n".join(piece.text for piece in pieces)
        assert held == (page.text if page.sections else ""), name
        for piece in pieces:
            assert piece.text == page.text[piece.start:piece.end].strip()
            # Names that differ in case only would be one file on some systems.
            assert piece.id.casefold() not in seen
            seen.add(piece.id.casefold())
    assert len(seen) > 3000


def test_no_markup_is_left_in_the_prose_of_the_corpus(documents):
    # These pages tell their readers how to write such markup.
    tells_markup = ("ref/contrib/admin/admindocs", "intro/reusable-apps", "releases/5.2")
    left = re.compile(r"``|:[a-z:]+:`|^ *\.\. [\w:-]+::|\\ |`_", re.MULTILINE)
    for name, (header, text) in documents.items():
        if header["page"] in tells_markup:
            continue
        prose = "\n".join(line for line in text.split("\n") if not line.startswith("    "))
        assert not left.search(prose), (name, left.search(prose))


def test_the_whole_documentation_has_the_same_questions_and_more_documents(folder, monkeypatch):
    read = devdocs.read_documentation
    monkeypatch.setattr(devdocs, "read_documentation",
                        lambda *, whole: whole_documentation() if whole else read())
    files = devdocs.generate(whole=True)
    on_disk = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
               for path in (*folder.rglob("documents/**/*.md"), folder / "questions.jsonl")}
    assert {path: files[path] for path in on_disk} == on_disk
    assert len(files) > 3 * len(on_disk)


def test_preparing_again_reads_the_cache(folder, monkeypatch):
    monkeypatch.setenv("KNOW_OR_BEHAVE_CACHE", str(folder.parents[2]))
    monkeypatch.setattr(devdocs, "generate", lambda whole: pytest.fail("made anew"))
    assert devdocs.prepare() == folder


def test_the_key_changes_with_every_input_but_the_card(tmp_path, monkeypatch):
    copy = shutil.copytree(devdocs.INPUTS, tmp_path / "inputs")
    before = devdocs.key()
    monkeypatch.setattr(devdocs, "INPUTS", copy)
    assert devdocs.key() == before
    (copy / "card.md").write_text("another", encoding="utf-8")
    assert devdocs.key() == before
    (copy / "wording.yaml").write_text("another: one", encoding="utf-8")
    assert devdocs.key() != before


def test_without_the_archives_preparing_says_how_to_get_them(own_cache, tmp_path, monkeypatch):
    monkeypatch.setattr(devdocs_archives, "FOLDER", tmp_path / "nothing")
    with pytest.raises(BookError, match="run `python -m experiments fetch` once"):
        devdocs.prepare()


def test_no_sentence_of_the_documentation_is_committed(documents):
    ours = [path for path in devdocs.INPUTS.iterdir() if path.name != "asked.yaml"]
    texts = [path.read_text(encoding="utf-8") for path in ours]
    asked = yaml.safe_load((devdocs.INPUTS / "asked.yaml").read_text(encoding="utf-8"))
    texts += [entry["question"] for entry in asked]
    theirs = {tuple(words[n:n + 9]) for _, text in documents.values()
              for words in [re.findall(r"\w+", text.casefold())] for n in range(len(words) - 8)}
    for text in texts:
        words = re.findall(r"\w+", text.casefold())
        shared = [words[n:n + 9] for n in range(len(words) - 8) if tuple(words[n:n + 9]) in theirs]
        assert shared == [], json.dumps(shared[:1])
