// SPDX-License-Identifier: Apache-2.0
// The page: a row of phones, one Phone object each. The simulator holds all state; this only draws it.

import {get, post, ask, listen} from "./wire.js";
import {Phone} from "./phone.js";

const phones = new Map();
const row = document.querySelector("#phones");
const status = document.querySelector("#status");

export const say = text => { status.textContent = text; };

function add(number, name, language) {
  if (phones.has(number)) return phones.get(number);
  const phone = new Phone(number, name, language, say);
  phone.onRemove = () => { phones.delete(number); refreshEmpty(); };
  phones.set(number, phone);
  row.append(phone.element);
  refreshEmpty();
  return phone;
}

function refreshEmpty() {
  document.querySelector("#empty").hidden = phones.size > 0;
}

async function refresh() {
  const state = await get("/phones");
  const put = new Set(JSON.parse(sessionStorage.getItem("put-away") ?? "[]"));
  for (const one of state.phones ?? state) {
    const number = one.phone ?? one.id;
    if (!put.has(number) && one.shown !== false) add(number, one.name, one.language);
  }
  await Promise.all([...phones.values()].map(phone => phone.refresh()));
  refreshEmpty();
}

document.querySelector("#new-phone").addEventListener("submit", async event => {
  event.preventDefault();
  const form = new FormData(event.target);
  const made = await post("/phones", {name: form.get("name"), language: form.get("language")});
  const phone = add(made.phone, form.get("name"), form.get("language"));
  await phone.refresh();
  phone.focus();
  phone.element.scrollIntoView({inline: "center"});
});

for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", async () => {
    await post("/clock", {advance: Number(button.dataset.advance)});
    const hours = Number(button.dataset.advance) / 3600;
    document.querySelector("#clock").textContent = "moved";
    say(`Telegram’s clock went on ${hours < 1 ? "150 seconds" : `${hours} hours`}.`);
    await refresh();
  });
}

document.querySelector("#trouble").addEventListener("click", async () => {
  await post("/faults", {method: "sendMessage", times: 1, code: 429, retry_after: 3});
  say("The next message will be refused once; the bot waits three seconds and tries again.");
});

// A menu closes when something in it was chosen, when Escape is pressed, or when the eye has moved elsewhere.
document.addEventListener("click", event => {
  for (const open of document.querySelectorAll("details.menu[open]")) {
    if (!open.contains(event.target) || event.target.closest(".sheet button")) open.open = false;
  }
});
document.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.menu[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

listen(change => {
  const phone = phones.get(change.phone);
  if (phone) phone.refresh();
  else if (change.phone === undefined || change.phone === null) refresh();
}, refresh);

const first = await get("/phones");
if (!(first.phones ?? first).some(one => one.shown !== false)) {
  for (const [name, language] of [["Ana", "es"], ["Sam", "en"]]) {
    const made = await post("/phones", {name, language});
    add(made.phone, name, language);
  }
}
await refresh();
export {ask};
