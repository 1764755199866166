// Talking to the emulator's controls.

const PREFIX = "/_emulator/";

async function send(method, path, body) {
  const answer = await fetch(PREFIX + path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 204) return null;
  const data = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(reason(data) || `${method} ${path} was answered with ${answer.status}`);
  return data;
}

function reason(problem) {
  if (!problem) return "";
  const faults = Object.entries(problem.errors ?? {}).map(([path, messages]) => `${path}: ${messages.join(" ")}`);
  return faults.join("\n") || problem.detail || problem.title || "";
}

export const read = (path) => send("GET", path);
export const post = (path, body = {}) => send("POST", path, body);
export const patch = (path, body) => send("PATCH", path, body);
export const remove = (path) => send("DELETE", path);

/** A path with the given parameters that say something. */
export function query(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}
