// Words offered while one is typed into a text field.

import { h } from "./dom.js";

const MOST = 12;

/** Offer words of `candidates(textBeforeTheWord)`; Tab or Enter takes one, arrows choose, Escape declines. */
export function completeWords(area, candidates) {
  const list = h("ul", { class: "suggestions", role: "listbox", "aria-label": "Suggestions", hidden: true });
  document.body.append(list);
  let words = [];
  let place = 0;

  const begun = () => /[A-Za-z_]\w*$/.exec(area.value.slice(0, area.selectionStart))?.[0] ?? "";

  function offer() {
    const start = begun();
    const before = area.value.slice(0, area.selectionStart - start.length);
    words = start ? candidates(before).filter((word) => word.startsWith(start) && word !== start).slice(0, MOST) : [];
    place = 0;
    render();
  }

  function render() {
    list.hidden = words.length === 0;
    if (list.hidden) return;
    list.replaceChildren(
      ...words.map((word, at) =>
        h("li", { role: "option", "aria-selected": String(at === place), onmousedown: (event) => take(event, word) }, word)),
    );
    const { left, top } = position(area);
    list.style.left = `${left}px`;
    list.style.top = `${top}px`;
  }

  function take(event, word) {
    event.preventDefault();
    const start = begun();
    area.setRangeText(word, area.selectionStart - start.length, area.selectionStart, "end");
    words = [];
    render();
  }

  area.addEventListener("input", offer);
  area.addEventListener("blur", () => {
    words = [];
    render();
  });
  area.addEventListener("keydown", (event) => {
    if (!words.length || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      place = (place + step + words.length) % words.length;
      render();
    } else if (event.key === "Tab" || event.key === "Enter") take(event, words[place]);
    else if (event.key === "Escape") {
      event.stopPropagation();
      words = [];
      render();
    }
  });
}

/** Where the caret is on the screen, measured on a copy of the text up to it. */
function position(area) {
  const copy = h("div");
  const style = getComputedStyle(area);
  for (const name of ["font", "lineHeight", "padding", "border", "letterSpacing", "tabSize", "width"]) copy.style[name] = style[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "anywhere" });
  const caret = h("span", {}, "\u200b");
  copy.append(area.value.slice(0, area.selectionStart), caret);
  document.body.append(copy);
  const box = area.getBoundingClientRect();
  const left = Math.min(box.left + caret.offsetLeft, innerWidth - 220);
  const top = box.top + caret.offsetTop - area.scrollTop + caret.offsetHeight + 2;
  copy.remove();
  return { left, top };
}
