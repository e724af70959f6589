// SPDX-License-Identifier: Apache-2.0
// The page: a row of phones, one Phone object each. The simulator holds all state; this only draws it.

import {get, listen, post} from "./wire.js";
import {make} from "./elements.js";
import {hourOf, shortDayOf} from "./drawing.js";
import {Phone} from "./phone.js";
import {wireSheets} from "./sheets.js";

const phones = new Map();  // id of the chat -> Phone: numbers begin anew after a reset, chats do not
const find = selector => document.querySelector(selector);
const away = {
  read: () => JSON.parse(sessionStorage.getItem("put-away") ?? "[]"),
  write: chats => sessionStorage.setItem("put-away", JSON.stringify(chats)),
};

let silence;
function say(text) {
  clearTimeout(silence);
  find("#status").textContent = text;
  silence = setTimeout(() => { find("#status").textContent = ""; }, 6000);
}

async function refresh() {
  const listed = (await get("/phones")).phones.filter(one => one.shown);
  const put = new Set(away.read());
  const wanted = new Map(listed.filter(one => !put.has(one.chat)).map(one => [one.chat, one]));
  for (const [chat, phone] of phones) if (!wanted.has(chat)) { phone.element.remove(); phones.delete(chat); }
  for (const [chat, one] of wanted) if (!phones.has(chat)) add(chat, one);
  find("#empty").hidden = phones.size > 0;
  find("#bring-back").hidden = !listed.some(one => put.has(one.chat));
  drawJumps();
  await Promise.all([...[...phones.values()].map(phone => phone.refresh()), refreshClock()]);
}

function add(chat, one) {
  const phone = new Phone(one, {onAway: () => { away.write([...away.read(), chat]); run(refresh); }});
  phones.set(chat, phone);
  find("#phones").append(phone.element);
}

function drawJumps() {
  find("#jump").hidden = phones.size < 2;
  find("#jump").replaceChildren(...[...phones.values()].map(phone => make("button",
    {type: "button", dir: "auto", on: {click: () => show(phone)}}, phone.name)));
}

function show(phone) {
  phone.element.scrollIntoView({inline: "center", block: "nearest"});
  phone.composer.focus();
}

// Everything a person at this page starts ends here when it fails.
function run(act, ...given) {
  return act(...given).catch(error => say(error.message));
}

find("#new-phone").addEventListener("submit", event => {
  event.preventDefault();
  event.target.closest("[popover]").hidePopover();
  const form = new FormData(event.target);
  run(async () => {
    const made = await post("/phones", {name: form.get("name"), language: form.get("language")});
    await refresh();
    show(phones.get(made.chat));
  });
});
find("#bring-back").addEventListener("click", () => { away.write([]); run(refresh); });

let clock = {now: 0, at: 0, offset: 0};
async function refreshClock() {
  const {now, offset} = await get("/state");
  clock = {now, offset, at: performance.now()};
  drawClock();
}

function drawClock() {
  if (!clock.now) return;
  const seconds = clock.now + (performance.now() - clock.at) / 1000;
  const shown = `${shortDayOf(seconds)}, ${hourOf(seconds)}`;
  if (find("#clock").textContent === shown) return;
  find("#clock").textContent = shown;
  find("#moved").textContent = clock.offset >= 1 ? `(${lengthOf(clock.offset)} ahead)` : "";
}

function lengthOf(seconds) {
  const hours = Math.floor(seconds / 3600), rest = Math.round(seconds % 3600);
  return [hours && `${hours} h`, rest && `${rest} s`].filter(Boolean).join(" ");
}

for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => run(async () => {
    const seconds = Number(button.dataset.advance);
    await post("/clock", {advance: seconds});
    await refreshClock();
    say(`Telegram’s clock went on by ${lengthOf(seconds)}.`);
  }));
}

find("#trouble").addEventListener("click", () => run(async () => {
  await post("/faults", {method: "sendMessage", times: 1, code: 429, retry_after: 3});
  say("The bot’s next message will be refused once, with the order to wait three seconds.");
}));

wireSheets(document.body);
setInterval(drawClock, 1000);
const first = await get("/phones");
if (!first.phones.some(one => one.shown)) {
  for (const [name, language] of [["Ana", "es"], ["Sam", "en"]]) await post("/phones", {name, language});
}
listen({
  onChange: change => {
    const phone = [...phones.values()].find(one => one.number === change.phone);
    run(phone ? () => phone.refresh() : refresh);
  },
  onBack: () => { find("#lost").hidden = true; run(refresh); },
  onLost: () => { find("#lost").hidden = false; },
});
