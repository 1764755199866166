// The journal: every request and what was answered.

import { query, read, remove } from "./api.js";
import { timeOf } from "./clock.js";
import { attempt, h, pretty } from "./dom.js";
import { choice, facts, offer, paneHead, splitPanel } from "./split.js";
import { on, onGap } from "./stream.js";

const filters = {};
const bodies = new Map();
let found = null;
let asking;

const panel = splitPanel({
  label: "Journal",
  empty: "Nothing was asked yet.",
  key: (entry) => entry.id,
  shown,
  detail,
  most: 1000,
  columns: [
    { label: "At", class: "tight mono", cell: (entry) => timeOf(entry.at) },
    { label: "Method", class: "tight medium", cell: (entry) => entry.method },
    { label: "Path", class: "cut mono", cell: (entry) => entry.path },
    { label: "Operation", class: "cut wide", cell: (entry) => entry.operation ?? "" },
    { label: "", class: "tight", cell: marks },
    { label: "Status", class: "tight", cell: status },
    { label: "ms", class: "tight right medium", cell: (entry) => entry.milliseconds?.toFixed(1) ?? "" },
  ],
});

export const journal = {
  name: "Journal",
  count: () => panel.count(),
  list: panel,
  mount() {
    filters.text = h("input", { type: "search", placeholder: "Filter (/)", "aria-label": "Filter the journal", oninput: seek });
    filters.operation = choice("Any operation", [], panel.render);
    filters.status = choice("Any status", ["2xx", "4xx", "5xx", "no answer"], panel.render);
    filters.marked = choice("All requests", ["duplicates", "with a fault", "not known"], panel.render);
    const clear = h("button", { type: "button", class: "push", onclick: forget }, "Clear");
    on("request", (entry) => {
      panel.put(entry);
      if (entry.operation) offer(filters.operation, [entry.operation]);
    });
    onGap(renew);
    renew();
    const bar = h("div", { class: "bar" }, filters.text, filters.operation, filters.status, filters.marked, clear);
    return h("div", { class: "panel" }, bar, panel.element);
  },
  search: () => filters.text,
};

async function renew() {
  bodies.clear();
  const told = await attempt(() => read(query("journal", { limit: 500 })));
  if (!told) return;
  panel.replace(told.entries.toSorted((one, other) => other.id - one.id));
  offer(filters.operation, told.entries.map((entry) => entry.operation).filter(Boolean));
}

/** What is typed is looked for here at once, and in the bodies, which are at the emulator, a moment later. */
function seek() {
  found = null;
  panel.render();
  clearTimeout(asking);
  const text = filters.text.value;
  if (!text) return;
  asking = setTimeout(async () => {
    const told = await attempt(() => read(query("journal", { text, limit: 1000 })));
    if (!told || text !== filters.text.value) return;
    found = new Set(told.entries.map((entry) => entry.id));
    panel.render();
  }, 250);
}

async function forget() {
  await attempt(() => remove("journal"), "The journal is empty.");
  await renew();
}

function shown(entry) {
  const text = filters.text.value.toLowerCase();
  const group = filters.status.value;
  const marked = filters.marked.value;
  return (
    (!filters.operation.value || entry.operation === filters.operation.value) &&
    (!group || (group === "no answer" ? !entry.status : `${Math.floor(entry.status / 100)}xx` === group)) &&
    (!marked || { duplicates: entry.duplicateOf, "with a fault": entry.fault, "not known": entry.note }[marked]) &&
    (!text || found?.has(entry.id) || `${entry.method} ${entry.path} ${entry.operation} ${entry.status} ${entry.job ?? ""}`.toLowerCase().includes(text))
  );
}

function toned(text, tone, title) {
  const mark = h("span", { class: "pill", title }, text);
  mark.dataset.tone = tone;
  return mark;
}

function status(entry) {
  if (!entry.status) return toned("none", "bad", "The connection ended without an answer.");
  return toned(String(entry.status), entry.status >= 500 ? "bad" : entry.status >= 400 ? "partial" : "good");
}

function marks(entry) {
  return h(
    "span",
    { class: "buttons" },
    entry.duplicateOf ? toned("again", "partial", `The same body was sent before, by request ${entry.duplicateOf}.`) : null,
    entry.fault ? toned("fault", "queued", "A fault rule acted on this request.") : null,
  );
}

function detail(entry, close) {
  const whole = bodies.get(entry.id);
  if (!whole) load(entry);
  return [
    paneHead(`${entry.method} ${entry.path}`, close, status(entry), " ", marks(entry)),
    facts([
      ["Operation", entry.operation],
      ["At", timeOf(entry.at)],
      ["Took", entry.milliseconds === null ? null : `${entry.milliseconds?.toFixed(2)} ms`],
      ["Query", entry.query],
      ["Job", entry.job],
      ["Fault", entry.fault],
      ["Same as", entry.duplicateOf ? `request ${entry.duplicateOf}` : null],
      ["Note", entry.note],
    ]),
    ...(whole ? exchange(whole) : []),
  ];
}

function exchange(whole) {
  return [
    ...message("Request", whole.requestHeaders, whole.requestBody),
    ...message("Answer", whole.responseHeaders, whole.responseBody),
  ];
}

function message(title, headers, body) {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return [
    h("h3", {}, title),
    h("pre", { tabIndex: 0 }, lines.join("\n") || "–"),
    body ? h("pre", { tabIndex: 0 }, pretty(body)) : h("p", { class: "note" }, "No body."),
  ];
}

async function load(entry) {
  const whole = await attempt(() => read(`journal/${entry.id}`));
  if (!whole) return;
  bodies.set(entry.id, whole);
  panel.put({ ...entry });
}
