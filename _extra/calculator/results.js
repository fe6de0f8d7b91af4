// What the page says about one set of numbers: the recommendation in words, the curves, and
// the tables of volumes, crossings and items. Everything is put in as text, never as HTML.
//
//     calculator.showResults(element, calculator.compute(values), data, changed)
"use strict";

(() => {
  const VOLUMES = [1e4, 1e5, 1e6, 1e7, 5e7, 1e8];
  const BEFORE = "Before anything is trained: 100 to 200 test questions that are never trained on, "
    + "a prompt that was tried in earnest, and for passages a search that runs and was measured. "
    + "python -m experiments decide asks about them.";
  const CADENCES = { query: "per query", month: "per month", run: "per run", once: "once" };

  /** Make an element with attributes and children; a child that is no element is text. */
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  }

  /** Write a number of dollars, tokens or queries so that its first digits can be read. */
  function plain(number) {
    const size = Math.abs(number);
    if (size >= 1e15 || (size > 0 && size < 1e-9)) {
      return number.toExponential(3).replace("e+", "e");
    }
    const options = size >= 100 ? { maximumFractionDigits: 0 }
      : size >= 1 || size === 0 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
        : { maximumSignificantDigits: 3 };
    return number.toLocaleString("en-US", options);
  }

  /** Write a count: 200,000 or 0.25, and 140 for what rounding left a little below it. */
  function count(number) {
    return number < 1000 ? String(Number(number.toPrecision(4)))
      : number < 1e15 ? Math.round(number).toLocaleString("en-US") : plain(number);
  }

  /** Join names as a sentence does: a, b and c. */
  function join(names) {
    return names.length < 2 ? names.join("")
      : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  }

  const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  function perMonth(found, approach, queries = found.queries) {
    return calculator.perMonth(found.bills.find((one) => one.approach === approach), queries);
  }

  /** Dollars of a right answer; null where nothing is asked or nothing is known to be right. */
  function rightUsd(found, approach, known) {
    return found.queries && known ? perMonth(found, approach) / (found.queries * known / 100)
      : null;
  }

  /** One line for the bar that stays in view. */
  function headline(found, styles) {
    if (found.chosen !== null) {
      return `Cheapest that is right often enough: ${styles[found.chosen].label}, `
        + `${plain(perMonth(found, found.chosen))} US dollars a month.`;
    }
    return found.trials.length
      ? `Start with ${styles[found.rival].label}. It is not right ${found.needed} % of the time, `
        + "and at your volume training does not pay yet."
      : `None of them is known to be right ${found.needed} % of the time.`;
  }

  /** Say what to choose and why, in sentences. */
  function recommendation(found, values, data, own) {
    const styles = data.approaches;
    const name = (approach) => styles[approach].label;
    const known = (approach) => values[`accuracy.${approach}`];
    const missing = calculator.APPROACHES.filter((one) => known(one) === null);
    const trials = found.trials.map((one) => trialText(one, found, known, name));
    if (found.chosen === null && trials.length) {
      return [
        `${sentence(name(found.rival))} is right ${known(found.rival)} % of the time, for `
          + `${plain(perMonth(found, found.rival))} US dollars a month.`,
        ...trials, ...doubts(found, found.rival, values, data, own, name), BEFORE];
    }
    if (found.chosen === null) {
      const best = calculator.APPROACHES.filter((one) => known(one) !== null)
        .sort((a, b) => known(b) - known(a))[0];
      return [
        best === undefined ? "No figure is given for any of them, so nothing can be recommended."
          : `The best known is ${name(best)} with ${known(best)} %.`,
        ...unmeasured(missing, name),
        "Cheaper is no help here: need less, improve one of them, or measure it with your own "
          + "questions and put the figure in.",
      ];
    }
    const cost = perMonth(found, found.chosen);
    const rivals = found.enough.filter((one) => one !== found.chosen
      && !found.trials.some((trial) => trial.approach === one));
    const each = found.queries
      ? `, or ${plain(1000 * cost / found.queries)} for 1,000 queries` : "";
    return [
      (rivals.length ? `It is the cheapest of the ${rivals.length + 1} that are`
        : "It is the only one known to be")
        + ` right at least ${found.needed} % of the time: ${plain(cost)} US dollars a month at `
        + `${count(found.queries)} queries${each}.`,
      ...passedOver(found, cost, known, name),
      ...rivals.length ? [bounds(found, rivals, name)] : [],
      ...trials,
      ...doubts(found, found.chosen, values, data, own, name),
      ...calculator.TUNED.includes(found.chosen) ? [BEFORE] : [],
    ];
  }

  /** Say what a trained approach would bring and cost, and from which volume it would pay. */
  function trialText({ approach, crossing }, found, known, name) {
    const more = perMonth(found, approach) - perMonth(found, found.rival);
    const gained = found.queries * (known(approach) - known(found.rival)) / 100;
    const volume = crossing === null ? "at every volume"
      : `${crossing.above === approach ? "below" : "above"} ${about(crossing.queries)} queries a `
        + `month; you ask ${count(found.queries)}`;
    const further = gained > 0 && more > 0
      ? ` Each further right answer would cost ${plain(more / gained)} dollars.` : "";
    return `${sentence(name(approach))} is known to be right ${known(approach)} % of the time, for `
      + `${plain(perMonth(found, approach))} US dollars a month. Its right answer costs more than `
      + `one of ${name(found.rival)} ${volume}.${further}`;
  }

  /** Write a volume with two digits: what it rests on is no better known. */
  function about(queries) {
    return `about ${Number(queries.toPrecision(2)).toLocaleString("en-US")}`;
  }

  function unmeasured(missing, name) {
    return missing.length ? [`No figure is given for ${join(missing.map(name))}. What has none is `
      + "priced and never recommended."] : [];
  }

  /** Name what costs less and is not chosen, with the reason. */
  function passedOver(found, cost, known, name) {
    const cheaper = calculator.APPROACHES.filter((one) => !found.enough.includes(one)
      && perMonth(found, one) < cost);
    return cheaper.map((one) => `${sentence(name(one))} would cost `
      + `${plain(perMonth(found, one))}, but `
      + (known(one) === null ? "has no figure."
        : `is right only ${known(one)} % of the time.`));
  }

  /** Say between which volumes the choice holds, against those that are right often enough. */
  function bounds(found, rivals, name) {
    const crossings = found.pairs.filter(({ a, b, crossing }) => crossing
      && [a, b].includes(found.chosen) && rivals.some((one) => [a, b].includes(one)))
      .map(({ crossing }) => crossing);
    const below = crossings.filter((one) => one.above === found.chosen)
      .sort((a, b) => b.queries - a.queries)[0];
    const above = crossings.filter((one) => one.below === found.chosen)
      .sort((a, b) => a.queries - b.queries)[0];
    const cheaper = (side, at, approach) => (
      `${side} ${plain(at.queries)} queries a month ${name(approach)} is cheaper`);
    const parts = [...below ? [cheaper("below", below, below.below)] : [],
      ...above ? [cheaper("above", above, above.above)] : []];
    return parts.length ? `Of these, ${join(parts)}.`
      : "Of these it is the cheapest at every volume.";
  }

  /** Warn where the book's measurement does not settle that the choice is right often enough. */
  function doubts(found, approach, values, data, own, name) {
    const key = `accuracy.${approach}`;
    const { measured } = data.fields.find((field) => field.key === key);
    if (own(key) || !measured) {
      return [];
    }
    const text = `The ${measured.value} % of ${name(approach)} is of this book's small model `
      + `and benchmark, with a 95\u00a0% interval from ${measured.low} to ${measured.high}`;
    return [approach === found.chosen && measured.low < found.needed
      ? `${text}: it may lie below what you need. Measure yours.`
      : `${text}. Measure yours.`];
  }

  /** Say at which length of passages a tuned query becomes the cheaper one. */
  function contextText(found, values) {
    const least = found.contextTokens;
    if (least === null) {
      return "Input tokens are free here, so no number of passages makes RAG the dearer query.";
    }
    if (least <= 0) {
      return "A tuned query is cheaper than one of RAG, however short the passages.";
    }
    const given = values["product.context_tokens"];
    return `A tuned query is cheaper than one of RAG when RAG reads more than ${plain(least)} `
      + `tokens of passages. Yours reads ${count(given)}, so the ${given > least ? "tuned"
        : "RAG"} query is the cheaper one.`;
  }

  function table(title, heads, rows) {
    const body = rows.map(([head, ...cells]) => element("tr", {},
      element("th", { scope: "row" }, head), ...cells.map((cell) => (
        cell instanceof Element ? cell : element("td", {}, cell)))));
    // A region that scrolls must be reachable by the keyboard.
    return element("div", { class: "book-table", tabindex: "0", role: "region",
      "aria-label": title }, element("table", {}, element("caption", {}, title),
      element("thead", {}, element("tr", {}, ...heads.map((head) => (
        element("th", { scope: "col" }, head))))), element("tbody", {}, ...body)));
  }

  /** A cell with a number: shown short, and in full for programs. */
  function number(value, names = {}) {
    return element("td", { "data-value": String(value), ...names }, plain(value));
  }

  function billTable(found, styles) {
    const lines = [...new Map(found.bills.flatMap((one) => one.items)
      .map((item) => [`${item.name} (${CADENCES[item.per]})`, item])).entries()];
    const cells = (label, of) => [label, ...found.bills.map((one) => of(one))];
    const rows = lines.map(([label, { name, per }]) => cells(label, (one) => {
      const items = one.items.filter((item) => item.name === name && item.per === per);
      return items.length ? number(calculator.itemPerMonth(one, items[0], found.queries)) : "–";
    }));
    const total = (one) => calculator.perMonth(one, found.queries);
    rows.push(
      cells("total", (one) => number(total(one), { "data-total": one.approach })),
      cells("total without labour", (one) => (
        number(calculator.perMonth(calculator.withoutLabour(one), found.queries)))),
      cells("before the first query", (one) => (
        number(calculator.perMonth(one, 0), { "data-fixed": one.approach }))),
      cells("for 1,000 queries", (one) => (
        found.queries ? number(1000 * total(one) / found.queries) : "–")));
    return table(`A month of ${count(found.queries)} queries, in US dollars`,
      ["item", ...found.bills.map((one) => styles[one.approach].label)], rows);
  }

  /** What each approach brings and costs, with the chapter that explains it. */
  function approachTable(found, values, styles) {
    return table(`Right answers and their price at ${count(found.queries)} queries a month`,
      ["approach", "right, %", "US dollars a month", "a right answer", "read more"],
      found.bills.map(({ approach }) => {
        const known = values[`accuracy.${approach}`];
        const right = rightUsd(found, approach, known);
        return [styles[approach].label, known === null ? "no figure" : String(known),
          number(perMonth(found, approach)),
          right === null ? "–" : number(right, { "data-right": approach }),
          element("td", {}, element("a", { href: styles[approach].page },
            styles[approach].chapter))];
      }));
  }

  /** Say in the open that a price is of a service that ends. */
  function endings(taken) {
    return ["training", "input"].map((slot) => [slot, taken(`price.${slot}`)])
      .flatMap(([slot, offer]) => (offer?.remarks ?? []).filter((one) => (
        one.startsWith("winding down: "))).map((one) => `The ${slot} price in this sum, `
          + `${offer.usd} (${offer.what}), is of a service that ends: `
          + `${one.slice("winding down: ".length)}. Choose another under Prices.`));
  }

  function volumeTable(found, styles) {
    return table("US dollars a month, by volume",
      ["approach", ...VOLUMES.map((queries) => calculator.short(queries))],
      found.bills.map((one) => [styles[one.approach].label,
        ...VOLUMES.map((queries) => number(calculator.perMonth(one, queries)))]));
  }

  function crossingTable(found, styles) {
    const label = (approach) => styles[approach].label;
    return table("Where two approaches cost the same",
      ["approaches", "queries a month", "cheaper below", "cheaper above"],
      found.pairs.map(({ a, b, crossing }) => [`${label(a)} and ${label(b)}`,
        ...crossing ? [number(crossing.queries, { "data-crossing": `${a} and ${b}` }),
          label(crossing.below), label(crossing.above)]
          : [element("td", { "data-crossing": `${a} and ${b}`, "data-value": "" }, "never"),
            "–", "–"]]));
  }

  /** List each item of one approach with what it is computed from. */
  function basis(one, values, label) {
    const text = (item) => (item.slot === undefined ? "a fixed price"
      : `${count(item.quantity)} ${item.unit} at ${values[`price.${item.slot}`]} USD`
        + (item.factor === 1 ? "" : ` × ${item.factor}`));
    const items = one.items.map((item) => element("li", {}, `${item.name}: ${plain(item.usd)} USD `
      + `${CADENCES[item.per]} (${text(item)})`));
    return element("details", {}, element("summary", {}, `How ${label} is computed`),
      items.length ? element("ul", {}, ...items) : element("p", {}, "Nothing is paid for."));
  }

  /** Fill an element with everything that follows from the numbers. */
  function showResults(place, found, values, data, { own, taken }) {
    const styles = data.approaches;
    const figure = element("figure", { class: "calculator-curves" });
    place.replaceChildren(
      element("h3", {}, "What to choose"),
      element("div", { class: "calculator-choice", "data-chosen": found.chosen ?? "" },
        element("p", {}, element("strong", {}, headline(found, styles))),
        ...recommendation(found, values, data, own).map((text) => element("p", {}, text)),
        ...endings(taken).map((text) => element("p", { class: "calculator-ending" }, text))),
      approachTable(found, values, styles),
      element("h3", {}, "At which volume"),
      figure, volumeTable(found, styles), crossingTable(found, styles),
      element("p", { "data-context": String(found.contextTokens) }, contextText(found, values)),
      element("h3", {}, "The bill"), billTable(found, styles),
      ...found.bills.map((one) => basis(one, values, styles[one.approach].label)));
    drawFigure(figure, found, styles);
  }

  function drawFigure(figure, found, styles) {
    const svg = calculator.drawCurves(found, styles, Math.max(280, figure.clientWidth));
    figure.replaceChildren(svg ?? "Nothing costs anything, so there is no curve.", element(
      "figcaption", {}, "Computed in this page. A ring: two approaches cost the same. Dashed: not "
      + "known to be right often enough. Thick: the recommended one."));
  }

  Object.assign(window.calculator, { drawFigure, element, headline, showResults });
})();
