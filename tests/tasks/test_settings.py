"""What a task says about itself: kind, prompts, length and form of an answer."""

import json

import pytest

from experiments.core import BookError
from experiments.tasks.settings import Settings, read_settings, settings_files


def write(folder, text, schema=None):
    (folder / "task.yaml").write_text(text, encoding="utf-8")
    if schema is not None:
        (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    return folder


def test_a_task_without_the_file_asks_questions_in_the_common_prompts(tmp_path):
    settings = read_settings(tmp_path)
    assert settings == Settings(kind="questions", max_new_tokens=24)
    assert settings.cites and settings.one_line
    assert settings_files(tmp_path) == []


def test_a_classification_has_labels_with_keywords_and_cites_nothing(tmp_path):
    write(tmp_path, "kind: classification\nlabels: {billing: [invoice, 1099], none: []}\n"
                    "prompts: {question: 'Message: {question}'}\nmax_new_tokens: 8\n")
    settings = read_settings(tmp_path)
    assert settings.labels == {"billing": ("invoice", "1099"), "none": ()}
    assert settings.prompts == {"question": "Message: {question}"}
    assert settings.max_new_tokens == 8
    assert not settings.cites and settings.one_line


def test_an_extraction_has_a_schema_and_may_answer_in_several_lines(tmp_path):
    schema = {"type": "object", "properties": {"law": {}}, "required": ["law"]}
    write(tmp_path, "kind: extraction\nschema: schema.json\n", schema)
    settings = read_settings(tmp_path)
    assert settings.schema == schema
    assert not settings.one_line
    assert [path.name for path in settings_files(tmp_path)] == ["task.yaml", "schema.json"]


def test_sql_has_scripts_which_are_read_and_hashed_with_the_task(tmp_path):
    write(tmp_path, "kind: sql\ndatabases: [one.sql, two.sql]\n")
    with pytest.raises(BookError, match="one.sql: expected a script of SQL"):
        read_settings(tmp_path)
    for name in ("one", "two"):
        (tmp_path / f"{name}.sql").write_text(f"CREATE TABLE {name}(id);", encoding="utf-8")
    settings = read_settings(tmp_path)
    assert settings.databases == ("CREATE TABLE one(id);", "CREATE TABLE two(id);")
    assert not settings.cites and not settings.one_line
    assert [path.name for path in settings_files(tmp_path)] == ["task.yaml", "one.sql", "two.sql"]


@pytest.mark.parametrize(("text", "expected"), [
    ("- kind", "expected a mapping"),
    ("kind: [", "not readable YAML"),
    ("kind: poetry", "kind is one of questions, extraction, classification"),
    ("colour: red", "unknown field 'colour'; known fields: kind"),
    ("max_new_tokens: many", "'max_new_tokens' should be a int, got 'many'"),
    ("max_new_tokens: true", "'max_new_tokens' should be a int"),
    ("max_new_tokens: 0", "at least 1"),
    ("kind: classification", "'labels' belongs to the kind 'classification'"),
    ("kind: extraction", "'schema' belongs to the kind 'extraction'"),
    ("kind: sql", "'databases' belongs to the kind 'sql'"),
    ("kind: sql\ndatabases: []", "names at least one script"),
    ("labels: {a: [b]}", "'labels' belongs to the kind"),
    ("kind: classification\nlabels: {billing: invoice}", "maps each label to a list"),
    ("prompts: {closed: ''}", "a text that is not empty"),
    ("prompts: {question: 'Message:'}", "needs the place {question}"),
])
def test_a_mistake_in_the_file_is_named(tmp_path, text, expected):
    write(tmp_path, text)
    with pytest.raises(BookError, match="task.yaml") as caught:
        read_settings(tmp_path)
    assert expected in str(caught.value)


@pytest.mark.parametrize("schema", [None, {"type": "thing"}, {"required": "law"}])
def test_a_schema_that_is_missing_or_wrong_is_named(tmp_path, schema):
    write(tmp_path, "kind: extraction\nschema: schema.json\n", schema)
    with pytest.raises(BookError, match="schema.json: (the schema cannot be read|not a JSON)"):
        read_settings(tmp_path)


@pytest.mark.parametrize("name", ["../schema.json", "ROOT/schema.json", "link.json"])
@pytest.mark.parametrize("kind", ["kind: extraction\nschema: {}\n", "kind: sql\ndatabases: [{}]\n"])
def test_what_a_task_names_lies_in_its_folder(tmp_path, name, kind):
    folder = tmp_path / "task"
    folder.mkdir()
    write(tmp_path, "kind: questions", {"type": "object", "properties": {}})
    (folder / "link.json").symlink_to(tmp_path / "schema.json")
    write(folder, kind.format(name.replace("ROOT", str(tmp_path))))
    for read in (read_settings, settings_files):
        with pytest.raises(BookError, match="leads out of"):
            read(folder)


def test_a_linked_task_yaml_is_refused(tmp_path):
    (tmp_path / "task").mkdir()
    write(tmp_path, "kind: questions")
    (tmp_path / "task" / "task.yaml").symlink_to(tmp_path / "task.yaml")
    with pytest.raises(BookError, match="leads out of"):
        read_settings(tmp_path / "task")


@pytest.mark.parametrize("question", [
    'As JSON {"law": "x"}: {question}', "{question:>1000000000}", "{question!r}", "{question.x}",
    "{question[0]}", "{0} {question}", "{question", "} {question}", "{question} {other}"])
def test_a_question_prompt_has_one_place_and_no_other_braces(tmp_path, question):
    write(tmp_path, f"prompts: {json.dumps({'question': question})}\n")
    with pytest.raises(BookError, match="needs the place {question}.*write {{ and }}"):
        read_settings(tmp_path)


def test_braces_that_the_model_should_see_are_doubled(tmp_path):
    write(tmp_path, "prompts: {question: 'As JSON {{\"law\": ...}}: {question}'}\n")
    text = read_settings(tmp_path).prompts["question"]
    assert text.format(question="{x}") == 'As JSON {"law": ...}: {x}'


def test_a_script_that_does_more_than_make_its_tables_is_named_when_the_task_is_read(tmp_path):
    write(tmp_path, "kind: sql\ndatabases: [one.sql]\n")
    (tmp_path / "one.sql").write_text(f"ATTACH '{tmp_path}/any.db' AS p;", encoding="utf-8")
    with pytest.raises(BookError, match="one.sql: expected a script of SQL"):
        read_settings(tmp_path)
    assert not (tmp_path / "any.db").exists()


@pytest.mark.parametrize(("text", "expected"), [
    ("kind: 2024-13-45", "month must be in 1..12"),
    ("kind: " + "[" * 5_000, "nested more than 40 levels"),
    ("- " * 300 + "x", "nested more than 40 levels"),
])
def test_yaml_that_cannot_be_read_is_named(tmp_path, text, expected):
    write(tmp_path, text)
    with pytest.raises(BookError, match="task.yaml: not readable YAML") as caught:
        read_settings(tmp_path)
    assert expected in str(caught.value)


def test_a_message_shows_a_large_value_in_short(tmp_path):
    write(tmp_path, f"max_new_tokens: [{', '.join(['x' * 1000] * 1000)}]\n")
    with pytest.raises(BookError, match="max_new_tokens") as caught:
        read_settings(tmp_path)
    assert len(str(caught.value)) < 1500
