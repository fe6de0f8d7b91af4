// Cost curves as SVG: dollars a month over queries a month, both axes logarithmic, names at the
// ends of the curves. Drawn for the width that there is, so that its text is always readable.
//
//     calculator.drawCurves(calculator.compute(values), styles, 700)    // an <svg> element
"use strict";

(() => {
  const HEIGHT = 380;
  const MARGIN = { top: 26, right: 118, bottom: 46, left: 52 };
  const STEPS = 80;
  const LINE = 15; // pixels between two names
  const INK = "#333333";
  const FAINT = "#767676";

  /** Write a number as an axis does: 250, 10k, 1.5M, 2B, 1e15. */
  function short(number) {
    if (number >= 1e12 || (number > 0 && number < 1e-3)) {
      return number.toExponential().replace("e+", "e");
    }
    const [size, letter] = [[1e9, "B"], [1e6, "M"], [1e3, "k"], [1, ""]]
      .find(([least]) => number >= least * 0.9995) || [1, ""];
    return `${Number((number / size).toPrecision(3))}${letter}`;
  }

  /** Volumes from 10k to 100M, and further where the reader's volume lies further. */
  function volumeRange(queries) {
    const own = queries > 0 ? Math.log10(queries) : 5;
    return [Math.max(0, Math.min(4, Math.floor(own - 0.5))), Math.max(8, Math.ceil(own + 0.5))];
  }

  function volumes([low, high]) {
    return Array.from({ length: STEPS + 1 }, (_, step) => (
      10 ** (low + (high - low) * step / STEPS)));
  }

  /** Draw all curves; null when nothing costs anything. */
  function drawCurves(found, styles, width) {
    const span = volumeRange(found.queries);
    const curves = found.bills.map((one) => ({
      name: one.approach,
      points: volumes(span).map((queries) => [queries, calculator.perMonth(one, queries)])
        .filter(([, usd]) => usd > 0),
    })).filter((curve) => curve.points.length);
    if (!curves.length) {
      return null;
    }
    const all = curves.flatMap((curve) => curve.points.map(([, usd]) => Math.log10(usd)));
    const [low, high] = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all) + 0.01)];
    const x = (queries) => MARGIN.left + (Math.log10(queries) - span[0]) / (span[1] - span[0])
      * (width - MARGIN.left - MARGIN.right);
    const y = (usd) => HEIGHT - MARGIN.bottom - (Math.log10(usd) - low) / (high - low)
      * (HEIGHT - MARGIN.top - MARGIN.bottom);
    const svg = shape("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`,
      role: "img", "aria-label": describe(found, styles) });
    drawAxes(svg, span, [low, high], x, y, width);
    drawOwnVolume(svg, found.queries, x);
    curves.forEach((curve) => drawCurve(svg, curve, found, styles, x, y));
    found.pairs.forEach((pair) => drawCrossing(svg, pair, found, styles, span, x, y));
    drawNames(svg, curves, styles, y, width);
    return svg;
  }

  /** Say in words what the curves show, for who cannot see them. */
  function describe(found, styles) {
    const text = volumes(volumeRange(found.queries)).filter((_, step) => step % 20 === 0)
      .map((queries) => {
        const least = found.bills.reduce((best, one) => (
          calculator.perMonth(one, queries) < calculator.perMonth(best, queries) ? one : best));
        return `${short(queries)}: ${styles[least.approach].label}`;
      });
    return "US dollars a month over queries a month, a curve for each approach. The lowest "
      + `curve at ${text.join("; ")}. The tables below have the numbers.`;
  }

  function drawAxes(svg, span, [low, high], x, y, width) {
    const thin = (count) => Math.ceil(count / 8);
    const right = width - MARGIN.right;
    for (let power = low; power <= high; power += thin(high - low)) {
      const height = y(10 ** power);
      svg.append(line(MARGIN.left, height, right, height, "#d0d0d0"));
      svg.append(words(MARGIN.left - 6, height + 4, short(10 ** power), INK, "end"));
    }
    const step = thin((span[1] - span[0]) * (width < 480 ? 2 : 1));
    for (let power = span[0]; power <= span[1]; power += step) {
      svg.append(line(x(10 ** power), HEIGHT - MARGIN.bottom, x(10 ** power),
        HEIGHT - MARGIN.bottom + 4, FAINT));
      svg.append(words(x(10 ** power), HEIGHT - MARGIN.bottom + 18, short(10 ** power), INK,
        "middle"));
    }
    svg.append(words((MARGIN.left + right) / 2, HEIGHT - 8, "queries a month", INK, "middle"));
    svg.append(words(4, 14, "US dollars a month", INK, "start"));
  }

  function drawOwnVolume(svg, queries, x) {
    if (queries < 1) {
      return;
    }
    const at = x(queries);
    svg.append(line(at, MARGIN.top, at, HEIGHT - MARGIN.bottom, FAINT, "2 3"));
    svg.append(words(at + 4, HEIGHT - MARGIN.bottom - 6, "you", FAINT, "start"));
  }

  function drawCurve(svg, curve, found, styles, x, y) {
    const path = curve.points.map(([queries, usd], place) => (
      `${place ? "L" : "M"}${x(queries).toFixed(2)} ${y(usd).toFixed(2)}`)).join("");
    svg.append(shape("path", { d: path, fill: "none", stroke: styles[curve.name].colour,
      "stroke-width": curve.name === found.chosen ? 3.2 : 1.8,
      "stroke-dasharray": found.enough.includes(curve.name) ? "none" : "6 4" }));
  }

  /** A ring where two curves cross; it says in a tooltip which. */
  function drawCrossing(svg, { a, b, crossing }, found, styles, span, x, y) {
    const within = crossing && crossing.queries >= 10 ** span[0]
      && crossing.queries <= 10 ** span[1];
    const one = found.bills.find((bill) => bill.approach === a);
    const usd = within ? calculator.perMonth(one, crossing.queries) : 0;
    if (usd <= 0) {
      return;
    }
    const ring = shape("circle", { cx: x(crossing.queries), cy: y(usd), r: 4, fill: "white",
      stroke: INK, "stroke-width": 1.2 });
    const tip = shape("title", {});
    tip.textContent = `${styles[a].label} and ${styles[b].label}: ${short(crossing.queries)}`;
    ring.append(tip);
    svg.append(ring);
  }

  /** Name the curves at their ends, moved apart where names would cover each other. */
  function drawNames(svg, curves, styles, y, width) {
    const ends = curves.map((curve) => ({ name: curve.name, at: y(curve.points.at(-1)[1]) }))
      .sort((a, b) => b.at - a.at);
    let placed = HEIGHT - MARGIN.bottom + LINE;
    ends.forEach((end) => {
      placed = Math.min(end.at, placed - LINE);
      svg.append(words(width - MARGIN.right + 6, placed + 4, styles[end.name].label,
        styles[end.name].colour, "start"));
    });
  }

  function line(x1, y1, x2, y2, stroke, dashes = "none") {
    return shape("line", { x1, y1, x2, y2, stroke, "stroke-dasharray": dashes });
  }

  function words(x, y, text, fill, anchor) {
    const element = shape("text", { x, y, fill, "text-anchor": anchor });
    element.textContent = text;
    return element;
  }

  function shape(tag, attributes) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  }

  Object.assign(window.calculator, { drawCurves, short });
})();
