// The cost model of experiments/costs, item by item and in the same order, so that its sums
// come out to the last digit. `values` maps "product.queries_per_month" and so on to numbers.
//
//     calculator.bill("rag", values).items[2]
//     -> {name: "question and passages", per: "query", usd: 0.00106, quantity: 530,
//         unit: "tokens", slot: "input", factor: 1}
//
// The formulas are explained in experiments/costs/model.py. tests/book/test_calculator.py
// compares every total and every crossing with Python's.
"use strict";

window.calculator = (() => {
  const APPROACHES = ["prompt", "long context", "rag", "tuned", "tuned rag", "linear head"];
  const HEAD = "linear head";
  const TUNED = ["tuned", "tuned rag"];
  const RETRIEVING = ["rag", "tuned rag"];
  const BYTES_PER_NUMBER = 4;
  const ROUNDING = 1e-12;
  // Prices for a million are multiplied with quantities in single tokens or units.
  const MILLIONS = ["input", "cached_input", "output", "embedding", "training", "vector_reads",
    "vector_writes"];

  /** Dollars of a quantity at the price of a slot. */
  function usd(values, quantity, slot) {
    return quantity / (MILLIONS.includes(slot) ? 1e6 : 1) * values[`price.${slot}`];
  }

  /** Itemise one approach; items of nothing are left out. */
  function bill(approach, values) {
    const items = [];
    const add = (name, per, quantity, unit, slot, factor = 1) => {
      // Two factors, as in Python: a different grouping would round differently.
      items.push({ name, per, usd: factor * usd(values, quantity, slot), quantity, unit, slot,
        factor });
    };
    if (approach === HEAD) {
      addHead(values, add, (item) => items.push(item));
    } else {
      addPrompt(approach, values, add);
    }
    if (RETRIEVING.includes(approach)) {
      addRetrieval(values, add, (item) => items.push(item));
    }
    if (TUNED.includes(approach)) {
      addTuning(values, add);
    }
    return { approach, items: items.filter((item) => item.usd !== 0), values };
  }

  function addPrompt(approach, values, add) {
    const tuned = TUNED.includes(approach);
    const prefix = tuned ? "product.tuned_" : "product.";
    const factor = tuned ? 1 + values["tuning.premium_share"] : 1;
    let unchanging = values[`${prefix}instruction_tokens`];
    if (approach === "long context") {
      unchanging += values["product.long_context_tokens"];
    }
    const passages = RETRIEVING.includes(approach) ? values[`${prefix}context_tokens`] : 0;
    const hit = values["product.cache_hit_share"];
    add("unchanging prompt, from the cache", "query", unchanging * hit, "tokens", "cached_input",
      factor);
    add("unchanging prompt, read anew", "query", unchanging * (1 - hit), "tokens", "input",
      factor);
    add(passages ? "question and passages" : "question", "query",
      values["product.question_tokens"] + passages, "tokens", "input", factor);
    add("output", "query", values["product.output_tokens"], "tokens", "output", factor);
  }

  function addRetrieval(values, add, push) {
    const corpus = values["product.corpus_tokens"];
    const changed = values["product.corpus_changed_per_month"];
    const chunks = corpus / values["retrieval.chunk_tokens"];
    const units = chunks * values["retrieval.write_units_per_chunk"];
    const gigabytes = chunks * values["retrieval.dimensions"] * BYTES_PER_NUMBER / 1e9;
    add("embedding the question", "query", values["product.question_tokens"], "tokens",
      "embedding");
    add("vector search", "query", values["retrieval.read_units_per_query"], "read units",
      "vector_reads");
    add("embedding changed documents", "month", corpus * changed, "tokens", "embedding");
    add("writing changed vectors", "month", units * changed, "write units", "vector_writes");
    add("vector storage", "month", gigabytes, "GB", "vector_storage");
    push({ name: "vector store, fixed", per: "month", factor: 1,
      usd: values["retrieval.store_usd_per_month"] });
    add("upkeep of the index", "month", values["retrieval.upkeep_hours_per_month"], "hours",
      "labour");
    add("embedding all documents", "once", corpus, "tokens", "embedding");
    add("writing all vectors", "once", units, "write units", "vector_writes");
    add("setting retrieval up", "once", values["retrieval.setup_hours"], "hours", "labour");
  }

  function addTuning(values, add) {
    add("GPU of the tuned model", "query", values["tuning.gpu_seconds_per_query"] / 3600, "hours",
      "gpu");
    add("hosting the tuned model", "month", values["tuning.hosting_gpu_hours_per_month"], "hours",
      "gpu");
    add("upkeep of the tuned model", "month", values["tuning.upkeep_hours_per_month"], "hours",
      "labour");
    add("training, by the token", "run", values["tuning.training_tokens_per_run"], "tokens",
      "training");
    add("training, by the hour", "run", values["tuning.training_gpu_hours_per_run"], "hours",
      "gpu");
    add("labelling", "run", values["tuning.labelling_hours_per_run"], "hours", "labour");
    add("evaluation", "run", values["tuning.evaluation_hours_per_run"], "hours", "labour");
    add("setting training up", "once", values["tuning.setup_hours"], "hours", "labour");
  }

  /** A linear head: one embedding a message, and no token of a language model. */
  function addHead(values, add, push) {
    add("embedding the message", "query", values["product.question_tokens"], "tokens",
      "embedding");
    add("upkeep of the linear head", "month", values["head.upkeep_hours_per_month"], "hours",
      "labour");
    push({ name: "fitting, on a processor", per: "run", factor: 1,
      usd: values["head.fitting_usd_per_run"] });
    add("labels and checks", "run", values["head.labour_hours_per_run"], "hours", "labour");
    add("setting the head up", "once", values["head.setup_hours"], "hours", "labour");
  }

  const bills = (values) => APPROACHES.map((approach) => bill(approach, values));

  /** Dollars of one query. */
  function perQuery(one) {
    return sum(one.items.filter((item) => item.per === "query").map((item) => item.usd));
  }

  /** Spread one item over a month of so many queries. */
  function itemPerMonth(one, item, queries) {
    const times = { query: queries, month: 1, run: 1 / one.values["tuning.months_between_runs"],
      once: 1 / one.values["product.amortisation_months"] };
    return item.usd * times[item.per];
  }

  /** Dollars of a month of so many queries; of no queries: what is fixed. */
  function perMonth(one, queries) {
    return sum(one.items.map((item) => itemPerMonth(one, item, queries)));
  }

  /** The same bill as if nobody's hours were paid for. */
  function withoutLabour(one) {
    return { ...one, items: one.items.filter((item) => item.slot !== "labour") };
  }

  /** The bill of right answers: all are paid for, and so many percent of them are right. */
  function perRight(one, percent) {
    return { ...one, items: one.items.map((item) => ({ ...item,
      usd: item.usd / (percent / 100) })) };
  }

  /** Where two approaches cost the same: {queries, below, above}; null when nowhere. */
  function breakEven(a, b) {
    const slope = perQuery(a) - perQuery(b);
    const gap = perMonth(b, 0) - perMonth(a, 0);
    // Equal sums of unequal terms differ by rounding, which is no slope.
    if (Math.abs(slope) <= ROUNDING * (perQuery(a) + perQuery(b)) || gap / slope <= 0) {
      return null;
    }
    const [below, above] = gap > 0 ? [a.approach, b.approach] : [b.approach, a.approach];
    return { queries: gap / slope, below, above };
  }

  /** Passage tokens above which a tuned query is cheaper than one of RAG; null: input is free. */
  function breakEvenContextTokens(values) {
    if (values["price.input"] === 0) {
      return null;
    }
    const passages = usd(values, values["product.context_tokens"], "input");
    const [rag, tuned] = ["rag", "tuned"].map((approach) => perQuery(bill(approach, values)));
    return (tuned - (rag - passages)) / usd(values, 1, "input");
  }

  /** The bill with the lowest total; the first wins a tie, and of none it is undefined. */
  function cheapest(some, queries) {
    return some.reduce((best, one) => (best === undefined
      || perMonth(one, queries) < perMonth(best, queries) ? one : best), undefined);
  }

  /**
   * Choose the cheapest approach that is right often enough. A trained one is passed over where
   * its right answer costs more than that of the untrained rival: the cheapest that is right often
   * enough, or else the one that is right most often.
   */
  function choose(all, values, queries) {
    const needed = values["accuracy.needed"];
    const known = (one) => values[`accuracy.${one.approach}`];
    const tuned = (one) => TUNED.includes(one.approach);
    const enough = all.filter((one) => known(one) !== null && known(one) >= needed);
    const plain = all.filter((one) => !tuned(one) && known(one));
    const most = Math.max(...plain.map(known));
    const rival = cheapest(enough.filter((one) => plain.includes(one)), queries)
      ?? cheapest(plain.filter((one) => known(one) === most), queries);
    const trials = enough.filter((one) => tuned(one) && rival && known(one)
      && perMonth(perRight(one, known(one)), queries)
        > perMonth(perRight(rival, known(rival)), queries));
    const chosen = cheapest(enough.filter((one) => !trials.includes(one)), queries);
    return { needed, enough: enough.map((one) => one.approach),
      rival: rival ? rival.approach : null, chosen: chosen ? chosen.approach : null,
      trials: trials.map((one) => ({ approach: one.approach,
        crossing: breakEven(perRight(one, known(one)), perRight(rival, known(rival))) })) };
  }

  /** Everything that the page says about one set of numbers. */
  function compute(values) {
    const queries = values["product.queries_per_month"];
    const all = bills(values);
    const pairs = all.flatMap((a, place) => all.slice(place + 1).map((b) => (
      { a: a.approach, b: b.approach, crossing: breakEven(a, b) })));
    return { queries, bills: all, pairs, ...choose(all, values, queries),
      contextTokens: breakEvenContextTokens(values) };
  }

  function sum(numbers) {
    return numbers.reduce((total, number) => total + number, 0);
  }

  return { APPROACHES, TUNED, bill, breakEven, compute, itemPerMonth, perMonth, perQuery,
    withoutLabour };
})();
