// SPDX-License-Identifier: Apache-2.0
// The way to the simulator: plain requests, and a stream that says which phone has changed.

async function ask(method, path, body) {
  const headers = body === undefined ? {} : {"Content-Type": "application/json"};
  let answer;
  try {
    answer = await fetch(`/control${path}`, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
  } catch {
    throw new Error("The simulator does not answer.");
  }
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(read.error ?? `The simulator answered ${answer.status}.`);
  return read;
}

export const get = path => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);

// onBack runs at the start and after each break: anything may have changed in between.
export function listen({onChange, onBack, onLost}) {
  const stream = new EventSource("/control/events");
  stream.onmessage = event => onChange(JSON.parse(event.data));
  stream.onopen = onBack;
  stream.onerror = () => {
    onLost();
    if (stream.readyState !== EventSource.CLOSED) return;  // the browser tries again by itself
    setTimeout(() => listen({onChange, onBack, onLost}), 2000);
  };
}

export async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}
