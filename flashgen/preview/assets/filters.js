// The filters: a choice for each way to tell cards apart, hidden where there is nothing to choose.

import { byId, make } from "./dom.js";
import { FACETS, countValues } from "./model.js";

// Counting goes through all cards, and is done once for each view.
const counted = new WeakMap();

function countAll(cards) {
  if (!counted.has(cards)) {
    counted.set(cards, Object.fromEntries(Object.keys(FACETS).map((facet) => [facet, countValues(cards, facet)])));
  }
  return counted.get(cards);
}

export function drawFilters(cards, filters, onChange) {
  const choices = Object.entries(FACETS).map(([facet, { label }]) => {
    const values = [...countAll(cards)[facet]];
    const chosen = filters[facet] ?? "";
    // A value may be gone for a moment, while a file is half written; the choice stays.
    if (chosen && !values.some(([value]) => value === chosen)) values.push([chosen, 0]);
    const select = make(
      "select",
      { id: `filter-${facet}`, name: facet },
      make("option", { value: "" }, "all"),
      ...values.map(([value, count]) =>
        make("option", { value, selected: value === chosen }, `${value} (${count.toLocaleString("en")})`),
      ),
    );
    select.addEventListener("change", () => onChange({ [facet]: select.value }));
    const isNeeded = values.length > 1 || chosen;
    return make("label", { hidden: !isNeeded, class: chosen ? "chosen" : null }, make("span", {}, label), select);
  });
  byId("filters").replaceChildren(...choices);
}
