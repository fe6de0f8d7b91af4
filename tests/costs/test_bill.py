"""Each item is what its formula says, and the items add up to the total."""

import math
from dataclasses import replace

import pytest

from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.costs.bill import APPROACHES, HEAD, Item, bill, bills, prompt_tokens, sum_usd
from experiments.costs.config import load_scenario
from experiments.costs.model import break_even
from experiments.costs.prices import load_prices
from experiments.costs.scenario import Head
from tests.costs.kit import random_scenario, scenario, with_product

SEEDS = [f"bill {number}" for number in range(200)]


def items(approach, one):
    return {item.name: (item.per, item.usd) for item in bill(approach, one).items}


def test_a_prompt_pays_for_instructions_question_and_output():
    one = scenario({"instruction_tokens": 500})
    assert items("prompt", one) == {
        "unchanging prompt, read anew": ("query", pytest.approx(0.001)),  # 500 at 2 a million
        "question": ("query", pytest.approx(0.0002)),
        "output": ("query", pytest.approx(0.00008)),
    }
    assert bill("prompt", one).usd_per_month(1000) == pytest.approx(1.28)


def test_the_cache_serves_its_share_of_what_never_changes_and_nothing_else():
    one = scenario({"instruction_tokens": 500, "context_tokens": 300, "cache_hit_share": 0.8})
    found = items("rag", one)
    assert found["unchanging prompt, from the cache"] == ("query", pytest.approx(400 * 0.2e-6))
    assert found["unchanging prompt, read anew"] == ("query", pytest.approx(100 * 2e-6))
    assert found["question and passages"] == ("query", pytest.approx(400 * 2e-6))


def test_long_context_puts_its_documents_where_the_cache_can_serve_them():
    one = scenario({"long_context_tokens": 20_000, "cache_hit_share": 1.0})
    assert items("long context", one)["unchanging prompt, from the cache"] == (
        "query", pytest.approx(0.004))


def test_retrieval_pays_for_embedding_search_storage_and_upkeep():
    one = scenario({"corpus_tokens": 1_000_000, "corpus_changed_per_month": 0.5},
                   {"chunk_tokens": 250, "dimensions": 250_000, "read_units_per_query": 5,
                    "write_units_per_chunk": 10, "store_usd_per_month": 50, "setup_hours": 40,
                    "upkeep_hours_per_month": 2})
    found = items("rag", one)
    assert found["embedding the question"] == ("query", pytest.approx(0.000002))
    assert found["vector search"] == ("query", pytest.approx(0.00008))
    assert found["embedding changed documents"] == ("month", pytest.approx(0.01))
    assert found["writing changed vectors"] == ("month", pytest.approx(0.08))  # 20,000 units
    assert found["vector storage"] == ("month", pytest.approx(1.2))  # 4,000 MB at 0.30 a GB
    assert found["vector store, fixed"] == ("month", 50)
    assert found["upkeep of the index"] == ("month", 200)
    assert found["embedding all documents"] == ("once", pytest.approx(0.02))
    assert found["writing all vectors"] == ("once", pytest.approx(0.16))
    assert found["setting retrieval up"] == ("once", 4000)


def test_tuning_pays_a_premium_on_every_token_and_for_runs_hosting_and_labour():
    one = scenario({"tuned_instruction_tokens": 100}, tuning={
        "premium_share": 0.5, "gpu_seconds_per_query": 2, "hosting_gpu_hours_per_month": 10,
        "training_tokens_per_run": 4_000_000, "training_gpu_hours_per_run": 5,
        "labelling_hours_per_run": 20, "evaluation_hours_per_run": 3, "setup_hours": 7,
        "upkeep_hours_per_month": 1})
    assert items("tuned", one) == {
        "unchanging prompt, read anew": ("query", pytest.approx(0.0003)),
        "question": ("query", pytest.approx(0.0003)),
        "output": ("query", pytest.approx(0.00012)),
        "GPU of the tuned model": ("query", pytest.approx(0.002)),
        "hosting the tuned model": ("month", pytest.approx(36)),
        "upkeep of the tuned model": ("month", pytest.approx(100)),
        "training, by the token": ("run", pytest.approx(100)),
        "training, by the hour": ("run", pytest.approx(18)),
        "labelling": ("run", pytest.approx(2000)),
        "evaluation": ("run", pytest.approx(300)),
        "setting training up": ("once", pytest.approx(700)),
    }


def test_runs_and_set_up_are_spread_over_the_months_they_serve():
    one = scenario({"amortisation_months": 10}, tuning={
        "evaluation_hours_per_run": 6, "months_between_runs": 3, "setup_hours": 5})
    assert bill("tuned", one).fixed_usd_per_month == pytest.approx(600 / 3 + 500 / 10)


def test_both_bears_the_fixed_costs_of_both():
    one = scenario({"corpus_tokens": 1e6}, {"store_usd_per_month": 70, "setup_hours": 1},
                   {"evaluation_hours_per_run": 2, "upkeep_hours_per_month": 3})
    fixed = {name: each.fixed_usd_per_month for name, each in bills(one).items()}
    assert fixed["prompt"] == 0
    assert fixed["tuned rag"] == pytest.approx(fixed["rag"] + fixed["tuned"])


def test_an_item_says_what_it_was_computed_from():
    item = bill("tuned", scenario(tuning={"premium_share": 0.5})).items[0]
    assert item.basis == "100 tokens at 2 USD per million tokens x 1.5"


def test_dollars_per_query_and_per_month_are_not_added():
    with pytest.raises(BookError, match="per month and per query cannot be added"):
        sum_usd([Item("a", "query", 1.0, ""), Item("b", "month", 1.0, "")])
    assert sum_usd([Item("a", "query", 1.0, ""), Item("b", "query", 2.0, "")]) == 3


def test_unknown_approaches_and_cadences_are_named():
    with pytest.raises(BookError, match="finetune.*known: prompt, long context"):
        bill("finetune", scenario())
    with pytest.raises(BookError, match="per query, month, run, once"):
        bill("rag", scenario()).usd("year")


@pytest.mark.parametrize("seed", SEEDS[:50])
def test_the_items_add_up_to_the_total(seed):
    one = random_scenario(seed)
    for name, each in bills(one).items():
        queries = one.product.queries_per_month
        parts = [each.item_usd_per_month(item, queries) for item in each.items]
        whole = (each.usd("month") + each.usd("run") / one.tuning.months_between_runs
                 + each.usd("once") / one.product.amortisation_months
                 + queries * each.usd("query"))
        assert math.isclose(sum(parts), whole, rel_tol=1e-9, abs_tol=1e-12), name


@pytest.mark.parametrize("seed", SEEDS)
def test_no_total_falls_when_volume_rises(seed):
    one = random_scenario(seed)
    for each in bills(one).values():
        totals = [each.usd_per_month(queries) for queries in (0, 1, 1e3, 1e6, 1e9)]
        assert totals == sorted(totals) and totals[0] >= 0


@pytest.mark.parametrize("slot", ["input", "cached_input", "output", "embedding", "training",
                                  "vector_reads", "vector_writes", "vector_storage", "gpu",
                                  "labour"])
def test_no_total_falls_when_a_price_rises(slot):
    for seed in SEEDS[:40]:
        low = random_scenario(seed)
        price = getattr(low.rates, slot)
        dearer = type(price)(**{**vars(price), "usd": price.usd * 2 + 1})
        high = type(low)(low.product, type(low.rates)(**{**vars(low.rates), slot: dearer}),
                         low.retrieval, low.tuning)
        queries = low.product.queries_per_month
        for name in APPROACHES:
            cheap, dear = (bill(name, one).usd_per_month(queries) for one in (low, high))
            assert dear >= cheap


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_a_fuller_cache_never_costs_more_while_cached_tokens_are_the_cheaper_ones(seed):
    one = random_scenario(seed)
    if one.rates.cached_input.usd > one.rates.input.usd:
        cheap = type(one.rates.input)(**{**vars(one.rates.cached_input),
                                         "usd": one.rates.input.usd / 10})
        one = type(one)(one.product, type(one.rates)(**{**vars(one.rates), "cached_input": cheap}),
                        one.retrieval, one.tuning)
    cold, warm = (with_product(one, cache_hit_share=share) for share in (0.0, 1.0))
    for name in APPROACHES:
        gap = bill(name, cold).usd("query") - bill(name, warm).usd("query")
        assert gap >= -1e-12 * bill(name, cold).usd("query")


def test_only_the_approaches_that_retrieve_have_passages():
    one = scenario({"instruction_tokens": 1, "context_tokens": 2, "long_context_tokens": 4,
                    "tuned_instruction_tokens": 8, "tuned_context_tokens": 16}).product
    assert {name: prompt_tokens(name, one) for name in APPROACHES} == {
        "prompt": (1, 0), "long context": (5, 0), "rag": (1, 2), "tuned": (8, 0),
        "tuned rag": (8, 16)}


def test_a_linear_head_pays_for_no_token_of_a_language_model():
    one = replace(scenario({"instruction_tokens": 500, "amortisation_months": 12},
                           tuning={"months_between_runs": 6}),
                  head=Head(fitting_usd_per_run=0.6, labour_hours_per_run=6, setup_hours=12,
                            upkeep_hours_per_month=1))
    assert items(HEAD, one) == {
        "embedding the message": ("query", pytest.approx(100 * 0.02e-6)),
        "upkeep of the linear head": ("month", pytest.approx(100)),
        "fitting, on a processor": ("run", pytest.approx(0.6)),
        "labels and checks": ("run", pytest.approx(600)),
        "setting the head up": ("once", pytest.approx(1200)),
    }
    # A month: the upkeep, a sixth of a run, a twelfth of the set-up, and a thousand messages.
    assert bill(HEAD, one).usd_per_month(1000) == pytest.approx(100 + 600.6 / 6 + 100 + 0.002)
    assert HEAD not in bills(one), "the desk of the chapter answers questions"


def test_the_example_fits_a_head_in_an_hour_of_the_assumed_processor():
    assert load_scenario(DATA / "cost_example.yaml").head.fitting_usd_per_run == (
        load_prices()["cpu_hour"].usd)


def test_bills_of_right_answers_cross_where_a_right_answer_costs_the_same():
    one = load_scenario(DATA / "cost_example.yaml")
    rag, tuned = bill("rag", one), bill("tuned rag", one)
    assert break_even(rag, tuned) is None  # the trained query is the dearer one
    found = break_even(rag.per_right(0.3), tuned.per_right(0.6)).queries_per_month
    assert rag.usd_per_month(found) / 0.3 == pytest.approx(tuned.usd_per_month(found) / 0.6)
    for share in (0, -0.1, 1.01):
        with pytest.raises(BookError, match="share of right answers"):
            rag.per_right(share)
