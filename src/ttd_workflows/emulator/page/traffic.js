// Requests per second over the last minute, a bar for each second.

import { byId } from "./dom.js";
import { on } from "./stream.js";

const SECONDS = 60;
const HEIGHT = 30;
const WIDTH = 3;
const SVG = "http://www.w3.org/2000/svg";
let bars = Array.from({ length: SECONDS }, empty);

function empty() {
  return { ok: 0, refused: 0, failed: 0 };
}

export function mountTraffic() {
  on("request", (entry) => {
    const kind = entry.status >= 500 || !entry.status ? "failed" : entry.status >= 400 ? "refused" : "ok";
    bars[SECONDS - 1][kind] += 1;
  });
  draw();
  setInterval(() => {
    draw();
    bars = [...bars.slice(1), empty()];
  }, 1000);
}

function draw() {
  const highest = Math.max(5, ...bars.map(total));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", String(SECONDS * WIDTH));
  svg.setAttribute("height", String(HEIGHT));
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "Requests in each of the last 60 seconds");
  bars.forEach((bar, place) => {
    let top = HEIGHT;
    for (const kind of ["ok", "refused", "failed"]) {
      if (!bar[kind]) continue;
      const height = Math.max(1, (bar[kind] / highest) * HEIGHT);
      top -= height;
      svg.append(rectangle(place * WIDTH, top, height, kind));
    }
  });
  svg.append(rectangle(0, HEIGHT - 1, 1, "ok", SECONDS * WIDTH));
  byId("traffic-chart").replaceChildren(svg);
  byId("traffic-rate").textContent = `${total(bars[SECONDS - 2])} requests/s`;
}

const total = (bar) => bar.ok + bar.refused + bar.failed;

function rectangle(x, y, height, kind, width = WIDTH - 1) {
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x, y, height, width, class: kind })) rect.setAttribute(name, String(value));
  return rect;
}
