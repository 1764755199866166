// The world's entities, a level at a time, read through its own graph.

import { post } from "./api.js";
import { attempt, choosable, h } from "./dom.js";

const PAGE = 50;
// What stands at each level: where it is found, what is shown of it, and which levels are below.
const LEVELS = {
  partners: { title: "Partners", fields: "id name", below: ["advertisers", "thirdPartyData"], one: "partner" },
  advertisers: { title: "Advertisers", fields: "id name vettingStatus", below: ["campaigns", "firstPartyData"], one: "advertiser" },
  campaigns: { title: "Campaigns", fields: "id name channelType pacingMode isArchived", below: ["adGroups"], one: "campaign" },
  adGroups: { title: "Ad groups", fields: "id name channel funnelLocation isEnabled isArchived", below: [], one: "adGroup" },
  firstPartyData: { title: "First-party data", fields: "id name", below: [] },
  thirdPartyData: { title: "Third-party data", fields: "id name providerId buyable fullPath", below: [] },
};
const crumbs = h("div", { class: "crumbs", role: "navigation", "aria-label": "Where you are" });
const body = h("div", { class: "scroll" });
const filter = h("input", { type: "search", placeholder: "Name contains (/)", "aria-label": "Filter by name", onchange: () => show(trail) });
let trail = [{ level: "partners" }];

export const world = {
  name: "World",
  count: () => null,
  mount: () => h("div", { class: "panel" }, h("div", { class: "bar" }, crumbs, h("span", { class: "push" }), filter), body),
  shown: () => show(trail),
  search: () => filter,
};

async function show(wanted, after = null) {
  const here = wanted.at(-1);
  const page = await attempt(() => connection(here, after));
  if (!page) return;
  trail = wanted;
  crumbs.replaceChildren(...wanted.map(crumb).flatMap((one, place) => (place ? ["›", one] : [one])));
  const { title, fields, below } = LEVELS[here.level];
  const names = fields.split(" ");
  const rows = page.nodes.map((node) => row(node, names, below));
  if (!after) body.replaceChildren(...grid(title, names, below, page.totalCount));
  body.querySelector("tbody")?.append(...rows);
  body.querySelector(".more")?.remove();
  if (page.pageInfo.hasNextPage) {
    const more = () => show(wanted, page.pageInfo.endCursor);
    body.append(h("p", { class: "empty more" }, h("button", { type: "button", onclick: more }, "Show more")));
  }
}

async function connection({ level, parent, id }, after) {
  const where = filter.value ? ", where: {name: {contains: $name}}" : "";
  const found = `${level}(first: ${PAGE}, after: $after${where}) { totalCount pageInfo { hasNextPage endCursor } nodes { ${LEVELS[level].fields} } }`;
  const variables = [
    "$after: String",
    ...(filter.value ? ["$name: String"] : []),
    ...(parent ? ["$id: ID!"] : []),
  ].join(", ");
  const text = `query (${variables}) { ${parent ? `${LEVELS[parent].one}(id: $id) { ${found} }` : found} }`;
  const answer = await post("graphql", { query: text, variables: { after, id, name: filter.value } });
  if (answer.errors) throw new Error(answer.errors.map((error) => error.message).join("\n"));
  return parent ? answer.data[LEVELS[parent].one][level] : answer.data[level];
}

function crumb({ level, label }, place) {
  const text = label ? `${label}: ${LEVELS[level].title}` : LEVELS[level].title;
  if (place === trail.length - 1) return h("strong", {}, text);
  return h("button", { type: "button", onclick: () => enter(trail.slice(0, place + 1)) }, text);
}

function enter(wanted) {
  filter.value = "";
  show(wanted);
}

function grid(title, names, below, total) {
  if (!total) return [h("p", { class: "empty" }, `No ${title.toLowerCase()} here.`)];
  const labels = [...names.map(spoken), ...(below.length ? [""] : [])];
  return [
    h("p", { class: "note count-line" }, `${total.toLocaleString("en")} ${title.toLowerCase()}`),
    h("table", { "aria-label": title }, h("thead", {}, h("tr", {}, labels.map((name) => h("th", { scope: "col" }, name)))), h("tbody", { class: below.length ? "" : "still" })),
  ];
}

function row(node, names, below) {
  const down = (level) => enter([...trail, { level, parent: trail.at(-1).level, id: node.id, label: node.name }]);
  const cells = names.map((name) => h("td", { class: name === "id" ? "tight mono" : "" }, value(node[name])));
  if (!below.length) return h("tr", {}, cells);
  const buttons = below.map((level) => h("button", { type: "button", onclick: () => down(level) }, LEVELS[level].title));
  return choosable(h("tr", {}, cells, h("td", { class: "tight" }, h("span", { class: "buttons" }, buttons))), () => down(below[0]));
}

const spoken = (name) => name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase());
const value = (thing) => (thing === true ? "yes" : thing === false ? "no" : thing === null || thing === undefined ? "–" : String(thing));
