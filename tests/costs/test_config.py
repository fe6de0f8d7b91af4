"""`python -m experiments cost`: the table of the example, and a message for every slip."""

import copy

import pytest
import yaml

from experiments.__main__ import main
from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.costs.config import describe, load_scenario, read_scenario
from experiments.costs.scenario import SLOTS
from tests.core.test_yaml_files import levels

BOMB = levels("[x, x]", "[{}]")

EXAMPLE = DATA / "cost_example.yaml"


def rows():
    """A minute's work: what is needed and nothing else, with prices of our own."""
    return {"product": {"queries_per_month": 1000, "question_tokens": 100, "output_tokens": 10},
            "prices": {slot: {"usd": 1.0, "per": per} for slot, per in SLOTS.items()}}


def test_the_example_prints_every_approach_its_totals_and_its_crossings(capsys):
    assert main(["cost", "--config", str(EXAMPLE)]) == 0
    shown = capsys.readouterr().out
    for part in ("A month of 100,000 queries", "PROMPT", "LONG CONTEXT", "RAG", "TUNED RAG",
                 "TOTALS", "WHERE TWO COST THE SAME", "winding down: OpenAI"):
        assert part in shown
    # 560 of 700 tokens from the cache at 0.50, 140 at 2, 30 at 2, 60 at 8: 110 USD for 100,000.
    assert "  prompt                  110.00          1.1000            0.00" in shown


def test_the_same_file_gives_the_same_table_byte_for_byte():
    assert describe(load_scenario(EXAMPLE)) == describe(load_scenario(EXAMPLE))


def test_what_is_left_out_takes_its_default():
    one = read_scenario(rows())
    assert one.tuning.months_between_runs == 12 and one.retrieval.dimensions == 384


def test_no_queries_at_all_have_no_price_for_a_thousand():
    given = rows()
    given["product"]["queries_per_month"] = 0
    assert "  prompt                    0.00               -            0.00" in describe(
        read_scenario(given))


def test_a_price_is_an_id_an_end_of_a_span_or_dollars_with_a_unit():
    given = rows()
    given["prices"] |= {"input": "gpt41_input", "vector_reads": "vector_reads high"}
    one = read_scenario(given)
    assert (one.rates.input.usd, one.rates.vector_reads.usd, one.rates.gpu.usd) == (2, 18, 1)


def broken(*path, value):
    given = copy.deepcopy(rows())
    place = given
    for key in path[:-1]:
        place = place.setdefault(key, {})
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return given


@pytest.mark.parametrize(("given", "named"), [
    (broken("product", "querys_per_month", value=1), "did you mean queries_per_month"),
    (broken("products", value={}), "a cost file: unknown key 'products' .did you mean product"),
    (broken("product", "output_tokens", value=KeyError), "product: output_tokens is missing"),
    (broken("prices", "gpu", value=KeyError), "prices: gpu is missing"),
    (broken("prices", value=KeyError), "prices is missing"),
    (broken("product", "output_tokens", value=-1), "product.output_tokens is a number"),
    (broken("product", "output_tokens", value="60 tokens"), "got '60 tokens'"),
    (broken("product", "cache_hit_share", value=80), "0 to 1; got 80"),
    (broken("tuning", "months_between_runs", value=0), "months_between_runs .*0.01 or more"),
    (broken("retrieval", "chunk_tokens", value=float("nan")), "got nan"),
    (broken("prices", "input", value="gpt42_input"), "did you mean gpt52_input"),
    (broken("prices", "input", value="gpt41_input top"), "no price of data/prices.yaml"),
    (broken("prices", "input", value="labour_hour"), "prices.input: labour_hour is priced per "
                                                     "labour hour"),
    (broken("prices", "vector_reads", value="vector_reads"), "a span, 16 to 18 USD"),
    (broken("prices", "input", value=1.75), "prices.input: expected the id of a price or"),
    (broken("prices", "input", value={"usd": 1, "per": "hour"}), "input is priced per hour"),
    (broken("prices", "input", value={"usd": -1, "per": "million tokens"}), "prices.input.usd"),
    (broken("prices", "input", value={"usd": 1}), "prices.input: per is missing"),
    ([1, 2], "a cost file: expected names with values"),
    (None, "a cost file: expected names with values, got None"),
    (broken("tuning", value=None), "tuning: expected names with values, got None"),
])
def test_a_slip_is_named_with_its_place_and_exits_with_status_2(given, named, tmp_path, capsys):
    with pytest.raises(BookError, match=named):
        read_scenario(given)
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(given))
    assert main(["cost", "--config", str(path)]) == 2
    assert "mine.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["a: [", "\x00", "- {"])
def test_what_is_no_yaml_is_named(text, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(BookError, match="mine.yaml: expected a YAML file such as"):
        load_scenario(path)


def test_bytes_that_are_no_text_and_files_that_are_not_there_are_named(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BookError, match="mine.yaml: expected a YAML file"):
        load_scenario(path)
    with pytest.raises(BookError, match="none.yaml: expected a YAML file"):
        load_scenario(tmp_path / "none.yaml")


@pytest.mark.parametrize("text", ["product: 2024-13-45", "product: " + "[" * 50_000, BOMB])
@pytest.mark.parametrize("command", [("cost", "--config"), ("decide", "--profile")])
def test_a_file_that_swells_or_breaks_the_reader_is_named(command, text, tmp_path, capsys):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    assert main([*command, str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: {path}: ") and len(said) < 1_000


@pytest.mark.parametrize(("command", "text"), [
    (("cost", "--config"), "{}"), (("decide", "--profile"), "{}"),
    (("decide", "--profile"), "labelled_examples: {}"),
    (("cost", "--config"), "{{product: {{queries_per_month: {}, question_tokens: 1, "
                           "output_tokens: 1}}, prices: {{}}}}")])
def test_a_large_value_is_shown_in_short(command, text, tmp_path, capsys):
    path = tmp_path / "own.yaml"
    path.write_text(text.format("[" + ", ".join(["x" * 1_000] * 300) + "]"))
    assert main([*command, str(path)]) == 2
    assert len(capsys.readouterr().err) < 2_000
