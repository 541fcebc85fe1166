// Findings, on a card and in the panel, which also tells what went wrong with the last rebuild.

import { byId, make, placeButton, plural } from "./dom.js";

// More than anybody reads at once.
const MOST = 300;

export function drawFinding(finding) {
  const related = finding.related.map(({ message, place }) => make("p", {}, `${message}: `, placeButton(place)));
  return make(
    "li",
    { class: `finding ${finding.severity}` },
    make("p", { class: "finding-head" }, make("strong", {}, `${finding.code} ${finding.rule}`), placeButton(finding.place)),
    make("p", {}, finding.message),
    finding.hint ? make("p", { class: "hint" }, `→ ${finding.hint}`) : "",
    ...related,
  );
}

export const panel = {
  problem: null,
  findings: [],
  onLeave: () => {},

  start() {
    byId("open-panel").addEventListener("click", () => panel.open(byId("panel").hidden));
    byId("close-panel").addEventListener("click", () => panel.open(false));
  },

  get isOpen() {
    return !byId("panel").hidden;
  },

  open(isOpen) {
    const had = byId("panel").contains(document.activeElement);
    byId("panel").hidden = !isOpen;
    byId("open-panel").setAttribute("aria-expanded", String(isOpen));
    if (!isOpen && had) byId("open-panel").focus();
  },

  show(problem, findings) {
    const isNews = problem && JSON.stringify(problem) !== JSON.stringify(panel.problem);
    const isOver = panel.problem && !problem;
    Object.assign(panel, { problem, findings });
    panel.draw();
    if (isNews) panel.open(true);
    else if (isOver) panel.open(false);
  },

  draw() {
    const { problem, findings } = panel;
    const button = byId("open-panel");
    button.classList.toggle("alarm", Boolean(problem));
    button.textContent = problem ? "Errors" : findings.length ? plural(findings.length, "finding") : "No findings";
    byId("panel").classList.toggle("alarm", Boolean(problem));
    byId("panel").setAttribute("role", problem ? "alert" : "region");
    const shown = problem ? problem.findings : findings;
    const about = problem
      ? [problem.hint ? `→ ${problem.hint}. ` : "", "Below is the last good state; this goes away when it is mended."]
      : findings.length ? [] : ["Nothing to mend."];
    byId("panel-title").textContent = problem?.title ?? plural(findings.length, "finding");
    byId("panel-body").replaceChildren(
      about.length ? make("p", { class: "small" }, ...about) : "",
      make("ul", { class: "findings" }, ...shown.slice(0, MOST).map(drawFinding)),
      problem?.trace ? make("pre", {}, problem.trace) : "",
    );
  },
};
