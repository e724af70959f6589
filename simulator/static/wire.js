// SPDX-License-Identifier: Apache-2.0
// The way to the simulator: plain requests, and a stream that says which phone has changed.

export async function ask(method, path, body) {
  const answer = await fetch(`/control${path}`, {
    method,
    headers: body === undefined ? {} : {"Content-Type": "application/json"},
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(read.error ?? read.detail ?? `The simulator answered ${answer.status}.`);
  return read;
}

export const get = path => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);

export function listen(onChange, onBack) {
  const stream = new EventSource("/control/events");
  stream.onmessage = event => onChange(JSON.parse(event.data));
  stream.onopen = onBack;  // after a break everything may have changed
}

export async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}
