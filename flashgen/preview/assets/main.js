// The page: what is chosen, and what happens when something is chosen, typed or saved.

import { drawCard, noteScroll } from "./card.js";
import { byId, make, plural } from "./dom.js";
import { exported } from "./exported.js";
import { drawFilters } from "./filters.js";
import { panel } from "./findings.js";
import { list } from "./list.js";
import { FACETS, choose, plain, readIndex } from "./model.js";
import { server } from "./server.js";

const source = document.documentElement.dataset.source === "server" ? server : exported;
const LOOKS = {
  side: { both: "Both", question: "Question", answer: "Answer" },
  width: { phone: "Phone", desktop: "Desktop" },
  client: { desktop: "Anki", ankidroid: "AnkiDroid" },
};
const look = {
  side: matchMedia("(max-width: 50rem)").matches ? "question" : "both",
  width: "desktop",
  client: "desktop",
  night: matchMedia("(prefers-color-scheme: dark)").matches,
};
const page = { model: null, view: "", texts: null, filters: {}, cards: [], at: -1 };

// The address holds what is chosen, so that a reload keeps it, and a link leads to a card.
function readAddress() {
  const address = new URLSearchParams(location.hash.slice(1));
  for (const name of [...Object.keys(FACETS), "search"]) {
    if (address.get(name)) page.filters[name] = address.get(name);
  }
  for (const [name, values] of Object.entries(LOOKS)) {
    if (address.get(name) in values) look[name] = address.get(name);
  }
  if (address.has("night")) look.night = address.get("night") === "1";
  return address.get("card");
}

function writeAddress() {
  const chosen = Object.entries(page.filters).filter(([, value]) => value);
  const address = new URLSearchParams([...chosen, ...Object.entries({ ...look, night: look.night ? 1 : 0 })]);
  if (page.cards[page.at]) address.set("card", page.cards[page.at].key);
  history.replaceState(null, "", `#${address}`);
}

async function load() {
  const index = await source.index();
  page.texts = null;
  page.model = readIndex(index);
  byId("project").textContent = page.model.project;
  document.title = `${page.model.project} – flashgen preview`;
}

async function applyFilters(key = page.cards[page.at]?.key, instead = Math.max(page.at, 0)) {
  if (page.filters.search && !page.texts) page.texts = (await source.texts()).map(plain);
  page.cards = choose(page.model.cards, page.filters, page.texts);
  const found = page.cards.findIndex((card) => card.key === key);
  // A card that is gone leaves its place to the next one.
  page.at = found >= 0 ? found : Math.min(instead, page.cards.length - 1);
  drawFilters(page.model.cards, page.filters, changeFilters);
  const count = plural(page.cards.length, "card");
  const isAll = page.cards.length === page.model.cards.length;
  byId("number").textContent = isAll ? count : `${count} of ${page.model.cards.length.toLocaleString("en")}`;
  byId("clear").hidden = !Object.values(page.filters).some(Boolean);
  list.show(page.cards, page.at);
  draw();
}

async function changeFilters(change) {
  const focused = document.activeElement?.id;
  Object.assign(page.filters, change);
  await applyFilters(page.cards[page.at]?.key, 0);
  list.reveal();
  list.draw();
  if (focused?.startsWith("filter-")) byId(focused)?.focus();
}

function draw() {
  document.documentElement.dataset.theme = look.night ? "night" : "light";
  byId("stage").className = `${look.width} ${look.side}`;
  byId("night").setAttribute("aria-pressed", String(look.night));
  for (const name of Object.keys(LOOKS)) {
    for (const input of byId(`${name}-choice`).querySelectorAll("input")) input.checked = input.value === look[name];
  }
  const place = `${(page.at + 1).toLocaleString("en")} / ${page.cards.length.toLocaleString("en")}`;
  drawCard(page.cards[page.at], place, look, source);
  byId("previous").disabled = page.at <= 0;
  byId("next").disabled = page.at >= page.cards.length - 1;
  writeAddress();
}

function go(at) {
  if (at < 0 || at >= page.cards.length) return;
  page.at = at;
  if (look.side === "answer") look.side = "question";
  list.move(at);
  draw();
}

function setLook(change) {
  Object.assign(look, change);
  draw();
}

function openSide(isOpen) {
  document.body.classList.toggle("choosing", isOpen);
  byId("open-side").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) list.draw();
}

function escape() {
  if (byId("help").open) byId("help").open = false;
  else if (panel.isOpen) panel.open(false);
  else if (document.body.classList.contains("choosing")) openSide(false);
  else if (document.activeElement === byId("search") && byId("search").value) {
    byId("search").value = "";
    changeFilters({ search: "" });
  } else document.activeElement?.blur();
}

const KEYS = {
  ArrowLeft: () => go(page.at - 1),
  ArrowRight: () => go(page.at + 1),
  " ": () => setLook({ side: look.side === "question" ? "answer" : "question" }),
  b: () => setLook({ side: "both" }),
  n: () => setLook({ night: !look.night }),
  w: () => setLook({ width: look.width === "phone" ? "desktop" : "phone" }),
  c: () => setLook({ client: look.client === "desktop" ? "ankidroid" : "desktop" }),
  f: () => panel.open(!panel.isOpen),
  "/": () => {
    byId("search").focus();
    byId("search").select();
  },
  "?": () => (byId("help").open = !byId("help").open),
  Escape: escape,
};
const LIST_KEYS = {
  ArrowUp: () => go(page.at - 1),
  ArrowDown: () => go(page.at + 1),
  Home: () => go(0),
  End: () => go(page.cards.length - 1),
  PageUp: () => go(Math.max(0, page.at - 10)),
  PageDown: () => go(Math.min(page.cards.length - 1, page.at + 10)),
  Enter: () => openSide(false),
};

function onKey(event) {
  const target = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const isTyping = target.matches("input[type=search], select, [type=radio]");
  if (isTyping && event.key !== "Escape") return;
  if (event.key === " " && target.matches("button, summary")) return;
  const action = (target.id === "list" && LIST_KEYS[event.key]) || KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function makeChoices() {
  for (const [name, values] of Object.entries(LOOKS)) {
    for (const [value, label] of Object.entries(values)) {
      const input = make("input", { type: "radio", name, value });
      input.addEventListener("change", () => setLook({ [name]: value }));
      byId(`${name}-choice`).append(make("label", {}, input, make("span", {}, label)));
    }
  }
}

function listen() {
  let pause;
  byId("search").addEventListener("input", (event) => {
    clearTimeout(pause);
    pause = setTimeout(() => changeFilters({ search: event.target.value.trim() }), 80);
  });
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "ArrowDown") byId("list").focus();
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("clear").addEventListener("click", () => {
    byId("search").value = "";
    page.filters = {};
    changeFilters({});
    byId("list").focus();
  });
  byId("previous").addEventListener("click", () => go(page.at - 1));
  byId("next").addEventListener("click", () => go(page.at + 1));
  byId("night").addEventListener("click", KEYS.n);
  byId("open-side").addEventListener("click", () => openSide(!document.body.classList.contains("choosing")));
  document.addEventListener("keydown", onKey);
  addEventListener("message", (event) => {
    if (![...document.querySelectorAll("iframe")].some((frame) => frame.contentWindow === event.source)) return;
    if (typeof event.data.scroll === "number") noteScroll(event.source, event.data.scroll);
    else KEYS[event.data.key]?.();
  });
  list.onChoose = (at) => {
    go(at);
    openSide(false);
  };
}

// The server tells of every rebuild: which view to show, and what is wrong.
async function onState(state) {
  byId("live").textContent = state ? "Live" : "Not running";
  byId("live").className = state ? "on" : "off";
  byId("live").title = state ? "Cards follow your files" : "Start `flashgen preview` again, and this page comes back";
  if (!state) return;
  if (page.view !== state.view) {
    page.view = state.view;
    await load();
    await applyFilters();
  }
  panel.show(state.problem, page.model.findings);
}

async function start() {
  const card = readAddress();
  byId("search").value = page.filters.search ?? "";
  makeChoices();
  list.start();
  panel.start();
  listen();
  await load();
  await applyFilters(card);
  list.reveal();
  list.draw();
  panel.show(null, page.model.findings);
  source.follow(onState);
}

start();
