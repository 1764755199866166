// A list with the chosen one's details beside it: what the jobs and the journal have in common.

import { choosable, eachFrame, h } from "./dom.js";

/**
 * `columns` are `{ label, class, cell(item) }`; `detail(item, close)` gives what stands in the pane; `shown(item)` says
 * whether an item passes the filters. Items are kept newest first, at most `most` of them.
 */
export function splitPanel({ label, columns, key, detail, shown, empty, most = 500 }) {
  const items = new Map();
  const rows = new Map();
  let chosen = null;
  const body = h("tbody");
  const nothing = h("p", { class: "empty" });
  const table = h("table", { "aria-label": label }, head(columns), body);
  const list = h("div", { class: "scroll" }, table, nothing);
  const pane = h("aside", { class: "detail", hidden: true, tabIndex: -1, "aria-label": "Details" });
  const element = h("div", { class: "split" }, list, pane);
  const render = eachFrame(renderNow);

  function renderNow() {
    const visible = [...items.values()].filter(shown);
    body.replaceChildren(...visible.map(rowOf));
    table.hidden = visible.length === 0;
    nothing.hidden = visible.length > 0;
    nothing.textContent = items.size ? "Nothing passes the filters." : empty;
  }

  function rowOf(item) {
    const id = key(item);
    let row = rows.get(id);
    if (!row || row.item !== item) {
      const hadFocus = row && row.element === document.activeElement;
      const fresh = choosable(h("tr", {}, columns.map((column) => h("td", { class: column.class }, column.cell(item)))), () => choose(id));
      row = { item, element: fresh };
      rows.set(id, row);
      if (hadFocus) requestAnimationFrame(() => fresh.focus());
    }
    row.element.setAttribute("aria-selected", String(id === chosen));
    return row.element;
  }

  function choose(id) {
    chosen = id === chosen ? null : id;
    renderPane();
    render();
  }

  function renderPane() {
    const item = items.get(chosen);
    pane.hidden = !item;
    element.classList.toggle("open", Boolean(item));
    if (item) pane.replaceChildren(...detail(item, close));
  }

  function close() {
    const id = chosen;
    chosen = null;
    renderPane();
    renderNow();
    rows.get(id)?.element.focus();
  }

  return {
    element,
    render,
    close,
    isOpen: () => chosen !== null,
    count: () => items.size,
    all: () => [...items.values()],
    replace(list) {
      items.clear();
      rows.clear();
      list.forEach((item) => items.set(key(item), item));
      if (!items.has(chosen)) chosen = null;
      renderPane();
      render();
    },
    /** Put an item in: a known one in its place, a new one on top. */
    put(item) {
      const id = key(item);
      if (items.has(id)) items.set(id, item);
      else {
        const older = [...items].slice(0, most - 1);
        items.clear();
        items.set(id, item);
        older.forEach(([name, one]) => items.set(name, one));
        [...rows.keys()].filter((name) => !items.has(name)).forEach((name) => rows.delete(name));
      }
      if (id === chosen) renderPane();
      render();
    },
    /** Draw the rows of these items anew: something about them that is not in them has changed. */
    refresh(some) {
      some.forEach((item) => rows.delete(key(item)));
      render();
    },
    /** Step through the rows by keyboard. */
    step(by) {
      const all = [...body.children];
      const place = all.indexOf(document.activeElement.closest?.("tr"));
      all[Math.min(Math.max(place + by, 0), all.length - 1)]?.focus();
    },
  };
}

function head(columns) {
  return h("thead", {}, h("tr", {}, columns.map((column) => h("th", { class: column.class, scope: "col" }, column.label))));
}

/** The head of a details pane. */
export function paneHead(title, close, ...more) {
  return h(
    "div",
    { class: "head" },
    h("div", {}, h("h2", {}, title), ...more),
    h("button", { type: "button", onclick: close, "aria-label": "Close the details", title: "Close (Esc)" }, "×"),
  );
}

/** Names and what they are, those left out that are nothing. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", {}, known.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** A menu of words to filter by. */
export function choice(label, words, onchange) {
  return h("select", { "aria-label": label, onchange }, h("option", { value: "" }, label), words.map(option));
}

const option = (word) => h("option", { value: word }, word);

/** Offer further words in a menu, keeping what is chosen. */
export function offer(select, words) {
  const known = new Set([...select.options].map((one) => one.value));
  words.filter((word) => !known.has(word)).forEach((word) => select.append(option(word)));
}
