// Making elements, and telling people what happened.

/** An element: `h("td", { class: "tight", onclick: f }, "text", child)`. Properties that begin with "on" are listeners. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list" && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** A sentence at the corner of the page, for a while. */
export function notice(text, tone = "") {
  const line = h("p", { class: tone }, text);
  byId("notices").append(line);
  setTimeout(() => line.remove(), tone === "bad" ? 8000 : 3000);
}

/** Run what a person asked for; when it is refused, say why. */
export async function attempt(action, done = "") {
  try {
    const result = await action();
    if (done) notice(done);
    return result;
  } catch (error) {
    notice(error.message, "bad");
    return undefined;
  }
}

/** JSON as people read it; text that is no JSON stays as it is. */
export function pretty(text) {
  if (typeof text !== "string") return JSON.stringify(text, null, 2);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A row that is chosen by click, Enter or Space. */
export function choosable(row, choose) {
  row.tabIndex = 0;
  row.addEventListener("click", (event) => event.target.closest("button, a, input") || choose());
  row.addEventListener("keydown", (event) => {
    if (event.target !== row || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    choose();
  });
  return row;
}

/** At most one call for each frame, however often it is asked for. */
export function eachFrame(render) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      render();
    });
  };
}
