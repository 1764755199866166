// The jobs: each with its status, how far it is, and what can be done to it.

import { post, read } from "./api.js";
import { now, span, timeOf } from "./clock.js";
import { attempt, h, pretty } from "./dom.js";
import { choice, facts, offer, paneHead, splitPanel } from "./split.js";
import { on, onGap } from "./stream.js";

const TONES = {
  Queued: "queued", InProgress: "running", Success: "good", PartialSuccess: "partial", Failure: "bad",
  Cancelled: "gone", ResultsExpired: "gone",
};
const WORDS = Object.keys(TONES);
const DONE = { finish: "finished", fail: "failed", cancel: "cancelled", expire: "expired" };
const filters = {};

const panel = splitPanel({
  label: "Jobs",
  empty: "No job yet. Submit one: ttdw submit third-party --partner p1 --server emulator",
  key: (job) => job.reference,
  shown,
  detail,
  columns: [
    { label: "Job", class: "tight mono", cell: (job) => job.reference },
    { label: "Operation", class: "cut medium", cell: (job) => job.operation },
    { label: "Status", class: "tight", cell: (job) => pill(job.status) },
    { label: "Done", class: "tight", cell: progress },
    { label: "Created", class: "tight medium", cell: (job) => timeOf(job.createdAt) },
    { label: "Time", class: "tight right wide", cell: timing },
  ],
});

export const jobs = {
  name: "Jobs",
  count: () => panel.count(),
  list: panel,
  mount() {
    filters.text = h("input", { type: "search", placeholder: "Filter (/)", "aria-label": "Filter jobs", oninput: panel.render });
    filters.status = choice("Any status", WORDS, panel.render);
    filters.operation = choice("Any operation", [], panel.render);
    on("job", take);
    onGap(renew);
    setInterval(advance, 250);
    renew();
    return h("div", { class: "panel" }, h("div", { class: "bar" }, filters.text, filters.status, filters.operation), panel.element);
  },
  search: () => filters.text,
};

async function renew() {
  const told = await attempt(() => read("jobs?limit=200"));
  if (!told) return;
  panel.replace(told.jobs.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt) || other.id - one.id));
  offer(filters.operation, told.jobs.map((job) => job.operation));
}

function take(job) {
  panel.put(job);
  offer(filters.operation, [job.operation]);
}

function shown(job) {
  const text = filters.text.value.toLowerCase();
  return (
    (!filters.status.value || job.status === filters.status.value) &&
    (!filters.operation.value || job.operation === filters.operation.value) &&
    (!text || `${job.reference} ${job.operation} ${JSON.stringify(job.input)}`.toLowerCase().includes(text))
  );
}

const ended = (job) => TONES[job.status] !== "queued" && TONES[job.status] !== "running";

/** Between two events the bar moves by itself, as the clock does. */
function advance() {
  panel.refresh(panel.all().filter((job) => job.status === "InProgress" && job.endsAt));
}

function percentage(job) {
  if (job.status !== "InProgress" || !job.endsAt) return job.percentage;
  const [start, end] = [Date.parse(job.createdAt), Date.parse(job.endsAt)];
  const done = end > start ? (100 * (now() - start)) / (end - start) : 100;
  return Math.max(job.percentage ?? 0, Math.min(99, Math.floor(done)));
}

function progress(job) {
  const done = percentage(job);
  if (done === null || done === undefined) return h("span", { class: "note" }, "–");
  const bar = h("progress", { max: 100, value: done, "aria-label": `${job.reference} done` });
  bar.dataset.tone = TONES[job.status] ?? "running";
  return h("div", { class: "progress" }, bar, h("span", {}, `${Math.round(done)} %`));
}

function timing(job) {
  if (ended(job)) return job.completedAt ? span(Date.parse(job.completedAt) - Date.parse(job.createdAt)) : "";
  if (!job.endsAt) return job.status === "Queued" ? "waits" : "no end";
  return `${span(Date.parse(job.endsAt) - now())} left`;
}

export function pill(word) {
  const mark = h("span", { class: "pill" }, word);
  mark.dataset.tone = TONES[word] ?? "gone";
  return mark;
}

function detail(job, close) {
  return [
    paneHead(job.reference, close, pill(job.status)),
    actions(job),
    facts([
      ["Operation", job.operation],
      ["Created", timeOf(job.createdAt)],
      [ended(job) ? "Completed" : "Ends", timeOf(ended(job) ? job.completedAt : job.endsAt)],
      ["Result", job.size ? `${job.size.toLocaleString("en")} bytes` : null],
    ]),
    ...(job.errors?.length ? [h("h3", {}, "Errors"), h("pre", { tabIndex: 0 }, job.errors.join("\n"))] : []),
    h("h3", {}, "Timeline"),
    timeline(job),
    h("h3", {}, "Input"),
    h("pre", { tabIndex: 0 }, pretty(job.input)),
  ];
}

function actions(job) {
  const possible = ended(job) ? ["expire"] : job.kind === "graphql" ? ["finish", "fail", "cancel"] : ["finish", "fail"];
  if (ended(job) && !["Success", "PartialSuccess"].includes(job.status)) return h("div");
  return h(
    "div",
    { class: "buttons" },
    possible.map((action) => h("button", { type: "button", onclick: () => act(job, action) }, action[0].toUpperCase() + action.slice(1))),
  );
}

async function act(job, action) {
  const errors = action === "fail" ? { errors: ["Failed by hand."] } : {};
  const changed = await attempt(() => post(`jobs/${job.reference}`, { action, ...errors }), `${job.reference} ${DONE[action]}`);
  if (changed) take(changed);
}

function timeline(job) {
  return h(
    "ol",
    { class: "timeline" },
    (job.timeline ?? []).map(({ status, at }) => {
      const line = h("li", {}, h("span", {}, status), " ", h("span", { class: "note" }, timeOf(at)));
      line.dataset.tone = TONES[status] ?? "gone";
      return line;
    }),
  );
}
