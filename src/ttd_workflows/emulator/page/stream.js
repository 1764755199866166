// The emulator's events as they happen. After a gap everything is read anew, so nothing that was missed stays wrong.

import { byId } from "./dom.js";

const KINDS = ["job", "request", "clock", "fault", "reset", "lost"];
const listeners = new Map(KINDS.map((kind) => [kind, new Set()]));
const renewals = new Set();
let wasLost = false;

/** Call `listener` with the data of each event of a kind. */
export const on = (kind, listener) => listeners.get(kind).add(listener);

/** Call `renew` when events may have been missed. */
export const onGap = (renew) => renewals.add(renew);

export function connect() {
  const source = new EventSource("/_emulator/events");
  source.onopen = () => {
    show("live", "live");
    if (wasLost) renewals.forEach((renew) => renew());
    wasLost = false;
  };
  source.onerror = () => {
    wasLost = true;
    show("lost", "not reachable; trying again");
  };
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      const data = event.data ? JSON.parse(event.data) : null;
      listeners.get(kind).forEach((listener) => listener(data));
      if (kind === "lost" || kind === "reset") renewals.forEach((renew) => renew());
    });
  }
}

function show(state, text) {
  byId("connection").dataset.state = state;
  byId("connection").textContent = text;
}
