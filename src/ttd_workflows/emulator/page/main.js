// The page as a whole: its panels, its keys and its colours.

import { post } from "./api.js";
import { mountClock, toggleFreeze } from "./clock.js";
import { attempt, byId, h } from "./dom.js";
import { explorer } from "./explorer.js";
import { faults } from "./faults.js";
import { jobs } from "./jobs.js";
import { journal } from "./journal.js";
import { connect } from "./stream.js";
import { mountTraffic } from "./traffic.js";
import { world } from "./world.js";

const PANELS = [jobs, journal, faults, world, explorer];
const KEYS = [
  [`1 – ${PANELS.length}`, PANELS.map((panel) => panel.name).join(", ")],
  ["j k", "The next, the previous row"],
  ["Enter", "Open the row's details"],
  ["Esc", "Close the details, leave a field"],
  ["/", "Filter"],
  ["f", "Freeze the clock, let it go on"],
  ["Ctrl Enter", "Run the GraphQL query"],
  ["?", "These keys"],
];
const tabs = [];
let current = 0;

function mountPanels() {
  PANELS.forEach((panel, place) => {
    const id = panel.name.toLowerCase();
    const count = h("span", { class: "count" });
    const tab = h(
      "button",
      { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, onclick: () => open(place) },
      panel.name,
      count,
    );
    const section = h("section", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, class: "panel", hidden: true }, panel.mount());
    byId("tabs").append(tab);
    byId("panels").append(section);
    tabs.push({ panel, tab, section, count });
  });
  byId("tabs").addEventListener("keydown", stepTabs);
  const wanted = PANELS.findIndex((panel) => `#${panel.name.toLowerCase()}` === location.hash);
  open(Math.max(0, wanted));
  setInterval(count, 500);
}

function open(place) {
  current = place;
  tabs.forEach(({ tab, section }, at) => {
    tab.setAttribute("aria-selected", String(at === place));
    tab.tabIndex = at === place ? 0 : -1;
    section.hidden = at !== place;
  });
  PANELS[place].shown?.();
  history.replaceState(null, "", `#${PANELS[place].name.toLowerCase()}`);
}

function stepTabs(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  open((current + by + PANELS.length) % PANELS.length);
  tabs[current].tab.focus();
}

function count() {
  tabs.forEach(({ panel, count: mark }) => {
    const number = panel.count();
    const text = number ? number.toLocaleString("en") : "";
    if (mark.textContent !== text) mark.textContent = text;
  });
}

function mountKeys() {
  byId("keys-list").append(...KEYS.flatMap(([keys, meaning]) => [h("dt", {}, keys.split(" ").map((key) => (key === "–" ? " – " : h("kbd", {}, key)))), h("dd", {}, meaning)]));
  byId("help").onclick = () => byId("keys").showModal();
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape") return leave(event, typing);
  if (typing || event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return undefined;
  const list = PANELS[current].list;
  const act = {
    "/": () => PANELS[current].search()?.focus(),
    "?": () => byId("keys").showModal(),
    f: toggleFreeze,
    j: () => list?.step(1),
    k: () => list?.step(-1),
  }[event.key];
  if (act) {
    event.preventDefault();
    act();
  } else if (Number(event.key) >= 1 && Number(event.key) <= PANELS.length) open(Number(event.key) - 1);
  return undefined;
}

function leave(event, typing) {
  if (typing) event.target.blur();
  else if (PANELS[current].list?.isOpen()) PANELS[current].list.close();
}

function mountTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const theme = localStorage.getItem("theme") ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    byId("theme").textContent = theme === "dark" ? "Light" : "Dark";
  };
  byId("theme").onclick = () => {
    localStorage.setItem("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    paint();
  };
  dark.addEventListener("change", paint);
  paint();
}

function mountReset() {
  byId("reset").onclick = async () => {
    if (!confirm("Go back to the seed? Jobs, changes, faults, plans and the journal are gone.")) return;
    await attempt(() => post("reset"), "Back at the seed.");
  };
}

mountTheme();
mountClock();
mountTraffic();
mountPanels();
mountKeys();
mountReset();
connect();
