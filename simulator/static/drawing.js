// SPDX-License-Identifier: Apache-2.0
// Turns what the simulator says is on a screen into elements. Texts go in as text, never as markup.

const THINGS = {
  photo: "🖼 photo", voice: "🎤 voice note", video: "🎞 video", video_note: "🎞 round video", audio: "🎵 audio",
  document: "📄 file", location: "📍 place", sticker: "⭐ sticker", contact: "👤 contact", animation: "🎞 animation",
};

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

export function drawMessage(message, acts) {
  const own = message.from === "person";
  const words = message.text || message.caption || "";
  const thing = THINGS[message.kind] ?? null;
  return make("li", {class: own ? "message person" : "message bot", "data-id": message.id},
    make("div", {class: "bubble", dir: "auto"},
      thing ? make("span", {class: "thing"}, thing) : null,
      words),
    drawInline(message, acts),
    drawFoot(message, own, acts));
}

function drawInline(message, acts) {
  const rows = message.buttons ?? [];
  if (!rows.length) return null;
  return make("div", {class: "inline"}, ...rows.map(row => make("div", {class: "row"}, ...row.map(button =>
    make("button", {type: "button", dir: "auto", on: {click: () => acts.press(message, button)}}, button.text)))));
}

function drawFoot(message, own, acts) {
  const marks = [clockTime(message.date), message.edited ? "edited" : null, message.silent ? "silent" : null,
    message.protected ? "cannot be forwarded" : null];
  const menu = own ? make("details", {class: "menu"},
    make("summary", {"aria-label": "This message"}, "⋯"),
    make("div", {class: "sheet up"},
      message.kind === "text" || message.text
        ? make("button", {type: "button", on: {click: () => acts.edit(message)}}, "Edit") : null,
      make("button", {type: "button", on: {click: () => acts.remove(message)}}, "Delete"))) : null;
  return make("div", {class: "foot"}, marks.filter(Boolean).join(" · "), menu);
}

export function drawKeyboard(keyboard, acts) {
  return (keyboard?.rows ?? []).map(row => make("div", {class: "row"}, ...row.map(label =>
    make("button", {type: "button", dir: "auto", on: {click: () => acts.tap(label)}}, label))));
}

function clockTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"});
}
