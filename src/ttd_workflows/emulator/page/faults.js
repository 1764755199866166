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
let operations = [];

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
      h("div", { class: "cards" }, form(), h("div", {}, table, nothing)),
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

function sentence(rule) {
  const { kind, ...numbers } = rule.fault;
  const words = Object.entries(numbers).filter(([, value]) => value !== null).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
  return `${kind.replaceAll("_", " ")}${words.length ? `: ${words.join(", ")}` : ""}`;
}

function when(rule) {
  const words = [];
  if (rule.skip) words.push(`after ${rule.skip}`);
  if (rule.every) words.push(`every ${rule.every}.`);
  if (rule.probability !== null && rule.probability !== undefined) words.push(`${Math.round(rule.probability * 100)} %`);
  if (rule.times !== null && rule.times !== undefined) words.push(`next ${rule.times}`);
  return words.join(", ") || "always";
}

async function loadKinds() {
  const told = await attempt(() => read("faults/kinds"));
  if (!told) return;
  kinds = told.kinds;
  operations = told.operations ?? [];
  kind.replaceChildren(...kinds.map((one) => h("option", { value: one.kind }, one.kind.replaceAll("_", " "))));
  operation.replaceChildren(...operations.map((one) => h("option", { value: one }, one)));
  ask();
}

const operation = h("select", { id: "fault-operation" });
const kind = h("select", { id: "fault-kind", onchange: ask });
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
  meaning.textContent = chosen?.help ?? "";
  fields.replaceChildren(...(chosen?.parameters ?? []).map(question));
}

function question(parameter) {
  const numeric = parameter.type === "integer" || parameter.type === "number";
  const input = h("input", {
    name: parameter.name, type: numeric ? "number" : "text", required: parameter.required,
    step: parameter.type === "number" ? "any" : undefined, placeholder: parameter.default === null ? "" : String(parameter.default ?? ""),
  });
  return h("label", {}, parameter.name.replaceAll("_", " "), input);
}

async function add(event) {
  event.preventDefault();
  const numbers = {};
  for (const input of fields.querySelectorAll("input")) {
    if (input.value !== "") numbers[input.name] = input.type === "number" ? Number(input.value) : input.value;
  }
  const wish = { operation: operation.value, fault: { kind: kind.value, ...numbers } };
  if (times.value) wish.times = Number(times.value);
  await act(() => post("faults", wish));
}
