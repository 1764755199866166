// The emulator's clock: shown as it ticks, moved by buttons.

import { post, read } from "./api.js";
import { attempt, byId, h } from "./dom.js";
import { on, onGap } from "./stream.js";

const STEPS = [["+1 min", 60], ["+1 h", 3600], ["+25 h", 90000]];
let told = { at: Date.now(), readAt: performance.now(), speed: 1, frozen: false, ahead: 0 };
let freeze;

/** What time it is at the emulator, in milliseconds since 1970. */
export function now() {
  return told.frozen ? told.at : told.at + (performance.now() - told.readAt) * told.speed;
}

export function mountClock() {
  freeze = h("button", { type: "button", onclick: toggleFreeze }, "Freeze");
  byId("clock-buttons").append(
    freeze,
    ...STEPS.map(([label, seconds]) => h("button", { type: "button", onclick: () => move({ advance: seconds }) }, label)),
  );
  on("clock", take);
  onGap(renew);
  renew();
  setInterval(show, 250);
}

export const toggleFreeze = () => move({ freeze: !told.frozen });

const move = (change) => attempt(async () => take(await post("clock", change)));
const renew = () => attempt(async () => take(await read("clock")));

function take(clock) {
  told = { speed: 1, frozen: false, ...clock, at: Date.parse(clock.now), readAt: performance.now() };
  freeze.textContent = clock.frozen ? "Resume" : "Freeze";
  freeze.setAttribute("aria-pressed", String(Boolean(clock.frozen)));
  show();
}

function show() {
  const moment = new Date(now());
  byId("clock-now").textContent = moment.toISOString().slice(0, 19).replace("T", " ");
  byId("clock-now").dateTime = moment.toISOString();
  const words = [];
  if (told.frozen) words.push("frozen");
  else if (told.speed !== 1) words.push(`${told.speed} × speed`);
  if (Math.abs(told.ahead) >= 1) words.push(`${told.ahead < 0 ? "−" : "+"}${span(Math.abs(told.ahead) * 1000)}`);
  byId("clock-state").textContent = words.length ? words.join(", ") : "UTC";
}

/** A length of time as people say it. */
export function span(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${(seconds / 3600).toFixed(1)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

/** The time of day of a moment; with its date, where that is another day than the emulator's. */
export function timeOf(moment) {
  if (!moment) return "";
  const text = new Date(moment).toISOString();
  const today = new Date(now()).toISOString().slice(0, 10);
  return text.startsWith(today) ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}
