// One card: what it is, both its sides as a client shows them, its findings, and what changed in it.

import { byId, make, placeButton } from "./dom.js";
import { drawFinding } from "./findings.js";

const SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox";
const SIDES = ["question", "answer"];
// How far each side is scrolled, so that a refresh keeps the place.
const scrolled = { question: 0, answer: 0 };
let shown = "";

export function drawCard(card, place, look, source) {
  byId("main").classList.toggle("empty", !card);
  byId("nothing").hidden = Boolean(card);
  if (!card) return;
  const { note, ord, name, key } = card;
  if (key !== shown) scrolled.question = scrolled.answer = 0;
  shown = key;
  byId("title").textContent = note.title || note.fact;
  byId("place").textContent = place;
  byId("facts").replaceChildren(
    make("span", {}, `${note.type.kind} · ${name}`),
    make("span", {}, note.deck),
    note.state ? make("span", { class: `mark ${note.state}` }, note.state) : "",
    placeButton(note.place),
  );
  for (const side of SIDES) drawSide(side, { ...look, note, ord, side, scroll: scrolled[side] }, source);
  drawMore(card, source);
}

function drawSide(side, wanted, source) {
  const screen = byId(side).querySelector(".screen");
  const state = JSON.stringify([wanted.note.guid, wanted.note.stamp, wanted.ord, wanted.client, wanted.night]);
  const [last] = [...screen.children].slice(-1);
  if (last?.dataset.state === state) return;
  const frame = make("iframe", { title: side === "question" ? "Question" : "Answer", sandbox: SANDBOX, class: "coming" });
  frame.dataset.state = state;
  // The one before stays till this one is there, so nothing flickers.
  frame.addEventListener("load", () => {
    if (frame !== screen.lastElementChild) return;
    while (screen.firstElementChild !== frame) screen.firstElementChild.remove();
    frame.classList.remove("coming");
  });
  screen.append(frame);
  source.fillFrame(frame, wanted);
}

export function noteScroll(window, place) {
  for (const side of SIDES) {
    if (byId(side).querySelector("iframe:last-child")?.contentWindow === window) scrolled[side] = place;
  }
}

async function drawMore({ note, key }, source) {
  const findings = note.findings.length
    ? [make("section", { class: "box" }, make("h3", {}, "Findings"), make("ul", { class: "findings" }, ...note.findings.map(drawFinding)))]
    : [];
  if (note.state !== "changed") {
    byId("more").replaceChildren(...findings, drawAbout(note));
    return;
  }
  const changes = await source.changes(note);
  if (key === shown) byId("more").replaceChildren(...findings, drawChanges(note, changes), drawAbout(note));
}

function drawAbout(note) {
  const tags = note.tags.map((tag) => make("span", { class: "tag" }, tag));
  return make("p", { class: "small" }, make("span", {}, `id ${note.fact}`), ...tags);
}

function drawChanges(note, changes) {
  const rows = [...(changes?.fields ?? [])];
  if (changes?.tags.length) rows.push(["Tags", changes.tags.flatMap(([sign, tag]) => [[sign, tag], [" ", " "]])]);
  const told = rows.length
    ? make("dl", {}, ...rows.map(([field, pieces]) => make("div", {}, make("dt", {}, field), make("dd", {}, ...pieces.map(drawPiece)))))
    : make("p", { class: "small" }, "What its words were is not known here; `flashgen diff OLD.apkg` shows it.");
  return make("section", { class: "box changes" }, make("h3", {}, `Changed since ${note.edition.since}`), told);
}

const drawPiece = ([sign, text]) => (sign === " " ? text : make(sign === "+" ? "ins" : "del", {}, text));
