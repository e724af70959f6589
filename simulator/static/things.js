// SPDX-License-Identifier: Apache-2.0
// What a message carries besides words: pictures, voices, files, places.

import {icon, make} from "./elements.js";

const NAMES = {
  photo: "Photo", voice: "Voice note", video: "Video", video_note: "Round video", audio: "Audio", document: "File",
  animation: "Animation", sticker: "Sticker", location: "Place", venue: "Place", contact: "Contact", poll: "Poll", dice: "Dice",
};

const SIGNS = {photo: "photo", voice: "mic", audio: "mic", document: "file", location: "place", venue: "place"};

export function drawThing(message, path) {
  const {kind} = message;
  if (kind === "text" || kind === "press" || kind === "edit") return null;
  const address = message.pending ? null : `${path}/messages/${message.id}/content`;
  const draw = DRAWN[kind];
  return draw && (address || kind === "location" || kind === "venue") ? draw(message, address) : label(SIGNS[kind] ?? "other", NAMES[kind] ?? kind);
}

const DRAWN = {photo: picture, sticker: picture, voice: sound, audio: sound, video: film, video_note: film, animation: film,
  document: file, location: place, venue: place, contact};

function label(sign, ...words) {
  return make("p", {class: "thing"}, icon(sign), make("span", {}, words));
}

function picture(message, address) {
  const image = make("img", {src: address, alt: NAMES[message.kind], class: message.kind, decoding: "async"});
  image.addEventListener("error", () => image.replaceWith(label("photo", `${NAMES[message.kind]} (made up: there is nothing to see)`)));
  return image;
}

// Nothing is fetched before somebody presses play: a made-up file may be large.
function sound(message, address) {
  const facts = message.media ?? {};
  return make("div", {class: "sound"},
    make("audio", {controls: true, preload: "none", src: address, "aria-label": NAMES[message.kind]}),
    make("p", {class: "thing"}, `${NAMES[message.kind]}, ${facts.duration ?? 0} s, ${sizeOf(facts.size)}`));
}

function film(message, address) {
  return make("div", {},
    make("video", {controls: true, preload: "none", src: address, "aria-label": NAMES[message.kind], class: message.kind}),
    make("p", {class: "thing"}, `${NAMES[message.kind]}, ${sizeOf(message.media?.size)}`));
}

// `download` keeps a file that is a page from being opened as one.
function file(message, address) {
  const facts = message.media ?? {};
  const name = facts.name || "file";
  return make("a", {class: "thing file", href: address, download: name}, icon("file"),
    make("span", {}, make("bdi", {}, name), make("small", {}, sizeOf(facts.size))));
}

function place(message) {
  const {latitude, longitude} = message.location ?? message.venue?.location ?? {};
  const name = message.venue ? [make("bdi", {}, message.venue.title), make("br")] : [];
  return label("place", ...name, make("bdi", {dir: "ltr"}, `${latitude}, ${longitude}`));
}

function contact(message) {
  const {first_name: name, phone_number: number} = message.contact ?? {};
  return label("other", make("bdi", {}, name ?? ""), make("br"), make("bdi", {dir: "ltr"}, number ?? ""));
}

function sizeOf(bytes) {
  if (bytes === undefined) return "";
  if (bytes < 1024) return `${bytes} B`;
  const kilo = bytes / 1024;
  return kilo < 1024 ? `${Math.round(kilo)} KiB` : `${(kilo / 1024).toFixed(1)} MiB`;
}
