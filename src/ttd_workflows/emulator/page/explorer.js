// A GraphQL explorer: a query with its variables, what it gives, and the schema to read and to pick from.

import { post, read } from "./api.js";
import { attempt, h, pretty } from "./dom.js";
import { completeWords } from "./completion.js";

const FIRST = `query ($partner: ID!) {
  partner(id: $partner) {
    name
    advertisers(first: 3) {
      totalCount
      nodes { id name }
    }
  }
}`;
const text = h("textarea", { class: "query", spellcheck: "false", "aria-label": "Query" });
const variables = h("textarea", { class: "variables", spellcheck: "false", "aria-label": "Variables, as JSON" });
const answer = h("pre", { tabIndex: 0, role: "region", "aria-label": "Answer" });
const took = h("span", { class: "note" });
const docs = h("div", { class: "schema", tabIndex: 0 });
let types = null;
let path = [];

export const explorer = {
  name: "GraphQL",
  count: () => null,
  mount() {
    text.value = localStorage.getItem("query") ?? FIRST;
    variables.value = localStorage.getItem("variables") ?? '{"partner": "p1"}';
    for (const area of [text, variables]) area.addEventListener("keydown", typed);
    completeWords(text, candidates);
    const button = h("button", { type: "button", class: "primary", onclick: run, title: "Ctrl Enter" }, "Run");
    return h(
      "div",
      { class: "panel" },
      h("div", { class: "bar" }, button, h("span", { class: "note" }, "Without a token; the whole world is visible. Nothing is kept in the journal."), took),
      h(
        "div",
        { class: "explorer" },
        h("div", {}, text, h("span", { class: "note" }, "Variables"), variables),
        h("div", {}, answer),
        h("div", { class: "docs" }, docs),
      ),
    );
  },
  shown: loadSchema,
  search: () => text,
};

function typed(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
}

async function run() {
  localStorage.setItem("query", text.value);
  localStorage.setItem("variables", variables.value);
  const began = performance.now();
  const told = await attempt(async () => post("graphql", { query: text.value, variables: given() }));
  if (!told) return;
  took.textContent = `${(performance.now() - began).toFixed(0)} ms`;
  answer.textContent = pretty(told);
}

function given() {
  if (!variables.value.trim()) return {};
  try {
    return JSON.parse(variables.value);
  } catch (error) {
    throw new Error(`The variables are not JSON: ${error.message}`, { cause: error });
  }
}

async function loadSchema() {
  if (types) return;
  const told = await attempt(() => read("graphql/schema"));
  if (!told) return;
  types = new Map(told.__schema.types.map((type) => [type.name, type]));
  path = [told.__schema.queryType.name];
  describe();
}

/** Show the type at the end of the path. */
function describe() {
  const type = types.get(path.at(-1));
  const back = path.length > 1 ? h("button", { type: "button", onclick: () => goTo(path.slice(0, -1)) }, `‹ ${path.at(-2)}`) : null;
  const members = type.fields ?? type.inputFields ?? (type.enumValues ?? []).map((value) => ({ name: value.name }));
  docs.replaceChildren(...[back, h("h3", {}, type.name)].filter(Boolean), ...members.map(member));
}

function goTo(wanted) {
  path = wanted;
  describe();
}

function member({ name, args, type }) {
  const inside = (args ?? []).map((one) => `${one.name}: ${spelled(one.type)}`).join(", ");
  const target = type && types.get(bare(type));
  const follow = target && (target.fields || target.inputFields || target.enumValues) ? () => goTo([...path, target.name]) : insertName(name);
  return h(
    "button",
    { type: "button", onclick: follow, title: inside },
    name,
    inside ? h("span", { class: "type" }, "(…)") : null,
    type ? h("span", { class: "type" }, `: ${spelled(type)}`) : null,
  );
}

const insertName = (name) => () => {
  text.setRangeText(name, text.selectionStart, text.selectionEnd, "end");
  text.focus();
};

const bare = (type) => (type.ofType ? bare(type.ofType) : type.name);

function spelled(type) {
  if (type.kind === "NON_NULL") return `${spelled(type.ofType)}!`;
  if (type.kind === "LIST") return `[${spelled(type.ofType)}]`;
  return type.name;
}

/** The words that may stand at the end of `before`: members of the type whose braces are open there. */
function candidates(before) {
  if (!types) return [];
  const type = typeAt(before);
  return (type?.fields ?? type?.inputFields ?? []).map((field) => field.name);
}

function typeAt(before) {
  const open = [];
  let last = "";
  let depth = 0;
  for (const [token] of before.replace(/#.*|"(?:[^"\\]|\\.)*"/g, "").matchAll(/[A-Za-z_]\w*|[{}()]/g)) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (depth) continue;
    else if (token === "{") open.push(last);
    else if (token === "}") open.pop();
    else last = token;
  }
  if (depth || !open.length) return null;
  const root = open[0] === "mutation" ? "Mutation" : "Query";
  return open.slice(1).reduce((type, name) => {
    const field = type?.fields?.find((one) => one.name === name);
    return field ? types.get(bare(field.type)) : undefined;
  }, types.get(root));
}
