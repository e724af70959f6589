// SPDX-License-Identifier: Apache-2.0
// Turns what the simulator says is on a screen into elements. Texts go in as text, never as markup.

import {icon, make} from "./elements.js";
import {drawThing} from "./things.js";

// `acts` is the phone the message stands on; without it (a finder's view) nothing can be pressed.
export function drawMessage(message, path, acts) {
  const own = message.from === "person";
  const bubble = make("div", {class: "bubble"},
    make("span", {class: "visually-hidden"}, own ? "You:" : "Bot:"),
    message.forwarded ? make("p", {class: "aside", dir: "auto"}, "Forwarded") : null,
    message.reply_to ? make("p", {class: "aside", dir: "auto"}, acts?.quote(message.reply_to) ?? "An answer") : null,
    drawThing(message, path),
    drawWords(message),
    drawFoot(message));
  const changeable = own && !message.pending && acts;
  return make("li", {class: own ? "message own" : "message", tabindex: "-1"},
    make("div", {class: "line"}, changeable ? moreButton(message, acts) : null, bubble),
    acts ? drawInline(message, acts) : null);
}

function drawWords(message) {
  const words = message.text || message.caption;
  if (!words) return null;
  const before = {press: "Button: ", edit: "New text: "}[message.kind] ?? "";
  return make("div", {class: "words", dir: "auto"}, before + words);
}

function drawFoot(message) {
  const marks = [message.pending && "waiting for the network", message.silent && "silent",
    message.protected && "cannot be forwarded", message.edited && "edited"].filter(Boolean);
  const at = new Date(message.date * 1000);
  return make("p", {class: "foot", lang: "en", dir: "ltr"},
    marks.map(mark => make("span", {class: "mark"}, mark)),
    make("time", {datetime: at.toISOString()}, hourOf(message.date)));
}

function moreButton(message, acts) {
  const button = make("button", {type: "button", class: "round more", "aria-label": "Edit or delete this message"}, icon("more"));
  acts.opensMenu(button, message);
  return button;
}

function drawInline(message, acts) {
  const rows = message.buttons ?? [];
  if (!rows.length) return null;
  const signs = {copy: "copy", url: "link"};
  return make("div", {class: "inline"}, rows.map(row => make("div", {class: "row"}, row.map(button =>
    make("button", {type: "button", class: button.style, on: {click: () => acts.press(message, button)}},
      make("bdi", {}, button.text), signs[button.kind] ? icon(signs[button.kind]) : null)))));
}

export function drawKeyboard(keyboard, tap) {
  return (keyboard?.rows ?? []).map((row, y) => make("div", {class: "row"}, row.map((label, x) =>
    make("button", {type: "button", dir: "auto", on: {click: () => tap(label, keyboard.kinds?.[y]?.[x])}}, label))));
}

export function drawDay(seconds) {
  return make("li", {class: "day", lang: "en"}, make("span", {}, dayOf(seconds)));
}

export function dayOf(seconds) {
  return new Date(seconds * 1000).toLocaleDateString("en-GB", {weekday: "long", day: "numeric", month: "long", year: "numeric"});
}

export function shortDayOf(seconds) {
  return new Date(seconds * 1000).toLocaleDateString("en-GB", {weekday: "short", day: "numeric", month: "short"});
}

export function hourOf(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB", {hour: "2-digit", minute: "2-digit"});
}
