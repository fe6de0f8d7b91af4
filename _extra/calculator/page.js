// The form of the calculator: native fields, a message beside each that is not filled well, and
// the numbers in the address behind "#", so that they can be shared. The results wait until
// every field holds a number in its range.
//
//     #product.queries_per_month=250000&price.input=gpt41_mini_input&edition=1a2b3c4d
//
// The address names what differs from the book's example, and the edition of prices and
// measurements that the rest was taken from.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("calculator");
  const data = JSON.parse(document.getElementById("calculator-data").textContent);
  const { element } = calculator;
  const LONGEST = 60; // characters of a field
  const UNBOUNDED = 1e15; // a bound that only catches slips of the keyboard
  const OWN = "";
  // 8000, 8,000, 8 000, 0.5, 1e5, 10k, 2.5M, 10%: thousands may be set apart, in threes.
  const NUMBER = new RegExp("^([+-]?(?:\\d{1,3}(?:([, _])\\d{3})(?:\\2\\d{3})*(?:\\.\\d*)?"
    + "|\\d+\\.?\\d*|\\.\\d+))(e[+-]?\\d+)?\\s*([kmb%])?$", "i");
  const TIMES = { k: 1e3, m: 1e6, b: 1e9 };
  const controls = new Map();
  const fields = new Map(data.fields.map((field) => [field.key, field]));
  const notice = element("p", { class: "calculator-notice", role: "status" });
  const summary = element("p", { class: "calculator-summary", role: "status" });
  const results = element("div", { class: "calculator-results" });
  const shared = element("p", { class: "calculator-shared" });
  let timer;
  let last = null;

  const initial = (field) => (field.default === null ? "" : String(field.default));
  /** Say whether a field holds another number than the example's, however it is written. */
  const own = (key) => {
    const text = controls.get(key).input.value.trim();
    const { value, message } = parse(fields.get(key), text);
    return message ? text !== initial(fields.get(key)) : value !== fields.get(key).default;
  };
  const taken = (key) => fields.get(key).offers.find((one) => (
    one.id === controls.get(key).offer.value));

  /** Give {value} of a text, or {message} that says what is wrong with it. */
  function parse(field, text) {
    const typed = text.trim();
    if (typed === "") {
      return field.optional ? { value: null } : { message: `Expected a number: ${span(field)}.` };
    }
    const [, digits, , power = "", unit = ""] = NUMBER.exec(typed) ?? [];
    if (digits === undefined || (power && unit)) {
      return { message: /^\d+,\d+$/.test(typed)
        ? "Is the comma a decimal point? Write 0.5; thousands are 8,000, 8000 or 8k."
        : `This is no number. Write one such as 8,000, 0.5, 10k or 1e6${
          field.percent ? ", or 10%" : ""}. Expected ${span(field)}.` };
    }
    if (unit === "%" && !field.percent) {
      return { message: `This is no share, so % means nothing here. Expected ${span(field)}.` };
    }
    const number = Number(digits.replace(/[, _]/g, "") + power);
    const value = unit === "%" ? number * field.percent
      : number * (TIMES[unit.toLowerCase()] ?? 1);
    return value >= field.lowest && value <= field.highest ? { value }
      : { message: `Out of range. Expected ${span(field)}.` };
  }

  /** Say which number was read, where it is written in a way that could be misread. */
  function readAs(typed, value) {
    return value === null || String(value) === typed || Number(typed) === value
      && !/\.\d{3}$/.test(typed) ? "" : `read as ${value}`;
  }

  function span({ lowest, highest }) {
    return highest < UNBOUNDED && highest !== 1e12 ? `${lowest} to ${highest}`
      : `${lowest} or more, at most ${highest.toExponential().replace("e+", "e")}`;
  }

  function makeField(field) {
    const id = `calculator-${field.key.replaceAll(/[. ]/g, "-")}`;
    const input = element("input", { id, type: "text", inputmode: "decimal", autocomplete: "off",
      maxlength: LONGEST, name: field.key, "aria-describedby": `${id}-unit ${id}-message` });
    const message = element("span", { id: `${id}-message`, class: "calculator-message",
      "aria-live": "polite" });
    const remark = element("span", { class: "calculator-remark" });
    const control = { input, message, remark };
    const parts = [element("label", { for: id }, field.label), input,
      element("span", { id: `${id}-unit`, class: "calculator-unit" }, field.unit)];
    if (field.offers) {
      control.offer = makeOffers(field, id, control);
      parts.push(control.offer);
    }
    controls.set(field.key, control);
    input.addEventListener("input", () => {
      if (control.offer) {
        control.offer.value = OWN;
      }
      update();
    });
    return element("div", { class: "calculator-field" }, ...parts, message, remark);
  }

  /** A list of the book's prices for a field; choosing one fills the field. */
  function makeOffers(field, id, control) {
    const select = element("select", { id: `${id}-offer`,
      "aria-label": `where the price of ${field.label} is from` },
    element("option", { value: OWN }, "a price of your own"),
    ...field.offers.map((offer) => element("option", { value: offer.id },
      `${offer.usd}: ${offer.what}`)));
    select.addEventListener("change", () => {
      const offer = field.offers.find((one) => one.id === select.value);
      if (offer) {
        control.input.value = String(offer.usd);
      }
      update();
    });
    return select;
  }

  /** Where a figure comes from: a price's source, or who measured how often answers are right. */
  function remarkOf(field, control) {
    if (field.offers) {
      const offer = field.offers.find((one) => one.id === control.offer.value);
      return offer ? [`${offer.source}, ${offer.date}`, ...offer.remarks].join("; ") : "";
    }
    if (field.measured === undefined) {
      return "";
    }
    if (own(field.key)) {
      return "your own figure";
    }
    if (field.elsewhere) {
      return field.elsewhere;
    }
    return field.measured === null ? "not measured in this book yet; put in your own figure"
      : "measured in this book, 95\u00a0% interval "
        + `${field.measured.low} to ${field.measured.high}`;
  }

  function makeSection({ title, open, keys }) {
    const body = element("div", { class: "calculator-fields" },
      ...keys.map((key) => makeField(fields.get(key))));
    if (open) {
      return element("fieldset", {}, element("legend", {}, title), body);
    }
    return element("details", {}, element("summary", {}, title), body);
  }

  function reset() {
    controls.forEach((control, key) => {
      const field = fields.get(key);
      control.input.value = initial(field);
      if (control.offer) {
        control.offer.value = field.taken ?? OWN;
      }
    });
  }

  /** Read the fields, show messages and results. */
  function update() {
    const values = {};
    const wrong = [];
    controls.forEach((control, key) => {
      const field = fields.get(key);
      const { value, message = "" } = parse(field, control.input.value);
      values[key] = value;
      control.message.textContent = message;
      control.remark.textContent = message ? ""
        : [readAs(control.input.value.trim(), value), remarkOf(field, control)]
          .filter(Boolean).join("; ");
      control.input.setAttribute("aria-invalid", String(Boolean(message)));
      if (message) {
        wrong.push(field.label);
      }
    });
    results.hidden = wrong.length > 0;
    last = null;
    if (wrong.length) {
      summary.textContent = `The results wait for ${wrong.length === 1 ? "a number"
        : `${wrong.length} numbers`}: ${wrong.join("; ")}.`;
    } else {
      last = calculator.compute(values);
      summary.textContent = calculator.headline(last, data.approaches);
      calculator.showResults(results, last, values, data, { own, taken });
    }
  }

  /** Write what differs from the example, as it stands behind "#". */
  function fragment() {
    const written = new URLSearchParams();
    controls.forEach(({ input, offer }, key) => {
      const field = fields.get(key);
      if (offer && offer.value !== OWN) {
        if (offer.value !== field.taken) {
          written.set(key, offer.value);
        }
      } else if (own(key) || (offer && field.taken !== null)) {
        written.set(key, input.value.trim());
      }
    });
    if ([...written].length) {
      written.set("edition", data.edition);
    }
    return written.toString();
  }

  function address() {
    const text = fragment();
    return window.location.href.split("#")[0] + (text ? `#${text}` : "");
  }

  /** Fill the fields from the address; what it names and nobody knows is said. */
  function restore() {
    const text = window.location.hash.slice(1);
    if (!text.includes("=")) {
      notice.textContent = text === "" || document.getElementById(text) ? ""
        : "The address ends in something that is no place on this page and no set of numbers.";
      return;
    }
    reset();
    const unknown = [];
    const told = [];
    new URLSearchParams(text).forEach((value, key) => {
      const control = controls.get(key);
      if (control) {
        fillFrom(fields.get(key), control, value.slice(0, LONGEST));
      } else if (key !== "edition") {
        unknown.push(key.slice(0, LONGEST));
      } else if (value !== data.edition) {
        told.push("The link was made with another edition of this book: prices and measurements "
          + "that it does not set may differ.");
      }
    });
    if (unknown.length) {
      told.push(`The address sets ${unknown.length === 1 ? "something" : "things"} that this page `
        + `does not know, left out: ${unknown.slice(0, 5).join(", ")}`
        + `${unknown.length > 5 ? " and more" : ""}.`);
    }
    notice.textContent = told.join(" ");
    update();
    place.querySelectorAll("details").forEach((details) => {
      if (details.querySelector("[aria-invalid=true]")) {
        details.open = true; // a message that is folded away helps nobody
      }
    });
  }

  /** Fill a field from the address: an offer's id chooses it, everything else is typed text. */
  function fillFrom(field, control, text) {
    const offer = (field.offers ?? []).find((one) => one.id === text);
    control.input.value = offer ? String(offer.usd) : text;
    if (control.offer) {
      control.offer.value = offer ? offer.id : OWN;
    }
  }

  async function share() {
    const link = address();
    try {
      await navigator.clipboard.writeText(link);
      shared.textContent = "The link is copied.";
    } catch {
      // No clipboard here: show the link for copying by hand.
      const field = element("input", { type: "text", readonly: "", value: link,
        "aria-label": "link to these numbers" });
      shared.replaceChildren("Copy this link: ", field);
      field.select();
    }
  }

  function button(label, act) {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", act);
    return made;
  }

  const form = element("form", { class: "calculator-form", "aria-label": "your numbers" },
    ...data.sections.map(makeSection),
    element("p", { class: "calculator-buttons" }, button("Copy a link to these numbers", share),
      button("Back to the example", () => {
        reset();
        update();
        changed();
      })), shared);

  /** Keep the address in step, a moment after the last key: browsers limit how often. */
  function changed() {
    shared.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(() => {
      notice.textContent = "";
      window.history.replaceState(null, "", address());
    }, 300);
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", changed);
  window.addEventListener("hashchange", restore);
  place.replaceChildren(notice, summary, form, results);
  reset();
  update();
  restore();
  new ResizeObserver(() => {
    const figure = results.querySelector("figure");
    if (last && figure && figure.clientWidth !== Number(figure.dataset.width)) {
      figure.dataset.width = figure.clientWidth;
      calculator.drawFigure(figure, last, data.approaches);
    }
  }).observe(results);
});
