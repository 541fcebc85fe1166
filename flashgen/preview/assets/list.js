// The list of cards. Only the rows in sight are in the document, so it is as quick with many cards as with few.

import { byId, make } from "./dom.js";

const HEIGHT = 56;
const MARGIN = 8;

export const list = {
  cards: [],
  at: -1,
  onChoose: () => {},

  start() {
    byId("list").addEventListener("scroll", () => list.draw());
    addEventListener("resize", () => list.draw());
    byId("rows").addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) list.onChoose(Number(row.dataset.number));
    });
  },

  show(cards, at) {
    list.cards = cards;
    list.at = at;
    byId("rows").style.height = `${cards.length * HEIGHT}px`;
    list.draw();
  },

  move(at) {
    list.at = at;
    list.reveal();
    list.draw();
  },

  reveal() {
    const box = byId("list");
    const top = list.at * HEIGHT;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + HEIGHT - box.clientHeight;
  },

  draw() {
    const box = byId("list");
    const first = Math.max(0, Math.floor(box.scrollTop / HEIGHT) - MARGIN);
    const last = Math.min(list.cards.length, Math.ceil((box.scrollTop + box.clientHeight) / HEIGHT) + MARGIN);
    const numbers = Array.from({ length: Math.max(0, last - first) }, (_, more) => first + more);
    byId("rows").replaceChildren(...numbers.map(drawRow));
    const isDrawn = first <= list.at && list.at < last;
    if (isDrawn) box.setAttribute("aria-activedescendant", `row-${list.at}`);
    else box.removeAttribute("aria-activedescendant");
  },
};

function drawRow(number) {
  const { note, name } = list.cards[number];
  const isError = note.findings.some((finding) => finding.severity === "error");
  const marks = [
    note.findings.length
      ? make("span", { class: `mark ${isError ? "error" : "warning"}`, title: "has findings" }, isError ? "error" : "warning")
      : null,
    ["new", "changed"].includes(note.state) ? make("span", { class: `mark ${note.state}` }, note.state) : null,
  ];
  const row = make(
    "div",
    {
      id: `row-${number}`, role: "option", "data-number": number, class: "row",
      "aria-selected": String(number === list.at), "aria-setsize": list.cards.length, "aria-posinset": number + 1,
    },
    make("span", { class: "row-title" }, note.title || note.fact),
    make("span", { class: "row-about" }, make("span", { class: "row-name" }, `${note.type.kind} · ${name}`), ...marks),
  );
  row.style.transform = `translateY(${number * HEIGHT}px)`;
  return row;
}
