// The faults: rules that are in force, each with a switch, and a form for a new one.

import { patch, post, read, remove } from "./api.js";
import { attempt, h } from "./dom.js";
import { on, onGap } from "./stream.js";

const list = h("tbody", { class: "still" });
const table = h(
  "table",
  { "aria-label": "Fault rules" },
  h("thead", {}, h("tr", {}, ["On", "Operation", "Fault", "When", "Acted", ""].map((label) => h("th", { scope: "col" }, label)))),
  list,
);
const nothing = h("p", { class: "empty" }, "No fault is set: everything is answered as it should be.");
const fields = h("div", { class: "fields" });
let rules = [];
let kinds = [];

export const faults = {
  name: "Faults",
  count: () => rules.filter((rule) => rule.enabled).length,
  mount() {
    on("fault", renew);
    on("request", (entry) => entry.fault && renew());
    onGap(renew);
    renew();
    loadKinds();
    const clear = h("button", { type: "button", class: "push danger", onclick: () => act(() => remove("faults")) }, "Remove all");
    return h(
      "div",
      { class: "panel scroll" },
      h("div", { class: "bar" }, h("p", { class: "note" }, "A rule acts on the requests it matches, down to the bytes of an answer."), clear),
      h("div", { class: "cards" }, form(), h("div", { class: "sideways" }, table, nothing)),
    );
  },
  search: () => null,
};

async function renew() {
  const told = await attempt(() => read("faults"));
  if (!told) return;
  rules = told.faults;
  list.replaceChildren(...rules.map(row));
  table.hidden = rules.length === 0;
  nothing.hidden = rules.length > 0;
}

async function act(action) {
  await attempt(action);
  await renew();
}

function row(rule) {
  const toggle = h("input", {
    type: "checkbox", role: "switch", class: "switch", checked: rule.enabled, "aria-label": `Rule ${rule.id}`,
    onchange: () => act(() => patch(`faults/${rule.id}`, { enabled: toggle.checked })),
  });
  return h(
    "tr",
    {},
    h("td", { class: "tight" }, toggle),
    h("td", { class: "mono" }, [rule.operation].flat().join(", ")),
    h("td", {}, sentence(rule)),
    h("td", { class: "tight" }, when(rule)),
    h("td", { class: "tight" }, `${rule.hits} ×`),
    h("td", { class: "tight" }, h("button", { type: "button", onclick: () => act(() => remove(`faults/${rule.id}`)) }, "Remove")),
  );
}

const GENERAL = ["id", "operation", "times", "every", "probability", "skip", "enabled", "hits"];

function sentence(rule) {
  return Object.entries(rule)
    .filter(([name]) => !GENERAL.includes(name))
    .map(([name, value]) => (value === true ? spoken(name) : `${spoken(name)} ${value}`))
    .join(", ");
}

function when(rule) {
  const words = [];
  if (rule.skip) words.push(`after ${rule.skip}`);
  if (rule.every > 1) words.push(`each ${rule.every}th`);
  if (rule.probability < 1) words.push(`${Math.round(rule.probability * 100)} %`);
  if (rule.times) words.push(`next ${rule.times}`);
  return words.join(", ") || "always";
}

const spoken = (name) => name.replaceAll("_", " ");

async function loadKinds() {
  const told = await attempt(() => read("faults/kinds"));
  if (!told) return;
  kinds = told.kinds;
  operation.replaceChildren(...told.operations.map((one) => h("option", { value: one }, one === "*" ? "any operation" : one)));
  offerKinds();
}

/** Offer the kinds that can happen to the chosen operation. */
function offerKinds() {
  const possible = kinds.filter((one) =>
    operation.value === "callback" ? one.callbacks : !one.only || one.only === operation.value);
  kind.replaceChildren(...possible.map((one) => h("option", { value: one.kind }, spoken(one.kind))));
  ask();
}

const operation = h("select", { "aria-label": "Operation", onchange: offerKinds });
const kind = h("select", { "aria-label": "Fault", onchange: ask });
const meaning = h("p", { class: "note" });
const times = h("input", { type: "number", min: 1, step: 1, placeholder: "always" });

function form() {
  return h(
    "form",
    { class: "card", onsubmit: add },
    h("h2", {}, "Add a fault"),
    h(
      "div",
      { class: "fields" },
      h("label", {}, "Operation", operation),
      h("label", {}, "Fault", kind),
      h("label", {}, "Next how many", times),
    ),
    fields,
    meaning,
    h("div", { class: "buttons" }, h("button", { class: "primary" }, "Add")),
  );
}

/** Ask for what the chosen kind needs to know. */
function ask() {
  const chosen = kinds.find((one) => one.kind === kind.value);
  meaning.textContent = chosen?.meaning ?? "";
  fields.replaceChildren(...(chosen?.parameters ?? []).filter((one) => one.type !== "true").map(question));
}

function question({ name, type, required, default: usual, meaning: what }) {
  const input = h("input", {
    name,
    type: /number/.test(type) && !/ or (?!more)(?!true)/.test(type) ? "number" : "text",
    step: /whole/.test(type) ? 1 : "any",
    required: required && !type.endsWith("or true"),
    placeholder: type.endsWith("or true") ? "true" : String(usual ?? ""),
    title: type,
  });
  return h("label", {}, what ? `${spoken(name)}: ${what}` : spoken(name), input);
}

async function add(event) {
  event.preventDefault();
  const wish = { operation: operation.value, [kind.value]: true };
  for (const input of fields.querySelectorAll("input")) {
    if (input.value !== "") wish[input.name] = /^-?\d+(\.\d+)?$/.test(input.value) ? Number(input.value) : input.value;
  }
  if (times.value) wish.times = Number(times.value);
  await act(() => post("faults", wish));
}
