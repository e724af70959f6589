// SPDX-License-Identifier: Apache-2.0
// One phone: it asks the simulator what is on its screen, draws that, and passes on what its person does.

import {get, post} from "./wire.js";
import {make} from "./elements.js";
import {drawKeyboard, drawMessage} from "./drawing.js";
import {Messages} from "./messages.js";
import {Composer} from "./composer.js";
import {opens, wireSheets} from "./sheets.js";

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ps", "ur"]);
const TOAST_SECONDS = 6;

export class Phone {
  constructor({phone: number, name, language}, {onAway}) {
    this.number = number;
    this.name = name;
    this.path = `/phones/${number}`;
    this.keyboard = "";       // the drawn one, as JSON
    this.toasts = null;       // the toasts already shown; null: this page has not looked yet
    this.chosen = null;       // the message whose menu is open
    this.onAway = onAway;
    this.element = document.querySelector("#phone-template").content.firstElementChild.cloneNode(true);
    this.element.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
    this.find(".owner").append(make("bdi", {}, name), make("span", {class: "language"}, make("bdi", {}, language ?? "no language")));
    this.find(".owner").id = `owner-${number}`;
    this.element.setAttribute("aria-labelledby", `owner-${number}`);
    this.find(".log").setAttribute("aria-label", `Chat of ${name}. Arrow keys go from message to message.`);
    for (const place of [".log", ".keyboard", "textarea"]) this.find(place).lang = language ?? "";
    wireSheets(this.element);
    this.messages = new Messages(this.find(".log"), this.find(".newer"), `/control${this.path}`, this);
    this.composer = new Composer(this.element, {
      post: this.post, tell: text => this.toast(text), lastOwn: () => this.lastOwn(),
    });
    this.element.addEventListener("click", event => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      (this.acts[act] ?? this.composer.acts[act])?.();
    });
  }

  find(selector) { return this.element.querySelector(selector); }

  acts = {
    offline: () => this.post("/offline", {on: !this.screen.offline}),
    block: () => this.post(this.screen.blocked ? "/unblock" : "/block", {}),
    unblock: async () => { await this.post("/unblock", {}); this.composer.focus(); },
    start: () => { this.composer.focus(); return this.post("/say", {text: "/start"}); },
    seized: () => this.showSeized(),
    away: () => this.onAway(this),
    edit: () => this.composer.edit(this.chosen),
    delete: () => this.post("/delete", {message: this.chosen.id}),
  };

  opensMenu(button, message) {
    opens(button, this.find("[data-sheet=message]"));
    button.addEventListener("click", () => {
      this.chosen = message;
      this.find("[data-act=edit]").hidden = !(message.text || message.caption);
    });
  }

  post = async (path, body) => {
    let taken = true;
    try {
      await post(this.path + path, body);
    } catch (error) {
      taken = false;
      this.toast(error.message);
    }
    await this.refresh().catch(() => {});  // the page says by itself that the simulator is gone
    return taken;
  };

  press = async (message, button) => {
    if (button.kind === "copy") await this.copy(button.copy);
    else if (button.kind === "url") this.toast(`A phone would open ${button.url}`);
    else await this.post("/press", {message: message.id, ...(button.kind === "callback" ? {data: button.data} : {label: button.text})});
  };

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.toast("Copied.");
    } catch {
      this.toast(`The browser does not allow copying. The text is: ${text}`);
    }
  }

  // A button that asks for a place gives the first one of the list.
  tap = (label, kind) => {
    const [latitude, longitude] = this.find(".place").options[1].value.split(",").map(Number);
    return this.post("/tap", kind === "location" ? {label, latitude, longitude} : {label});
  };

  lastOwn() {
    return this.shown().filter(message => message.from === "person" && !message.pending && (message.text || message.caption)).at(-1);
  }

  quote(id) {
    const found = this.shown().find(message => message.id === id);
    return found ? `To: ${(found.text ?? found.caption ?? found.kind).slice(0, 80)}` : "To a message that is gone";
  }

  shown() { return (this.screen?.messages ?? []).filter(message => !message.deleted); }

  // Ends when the screen as of now, or a newer one, is drawn. Calls that come meanwhile share one more round.
  refresh() {
    this.again = true;
    this.drawing ??= this.drawUntilNew().finally(() => { this.drawing = null; });
    return this.drawing;
  }

  async drawUntilNew() {
    while (this.again) {
      this.again = false;
      this.draw(await get(`${this.path}/screen`));
    }
  }

  draw(screen) {
    this.screen = screen;
    this.find(".title bdi").textContent = screen.bot.name;
    this.find(".avatar").textContent = [...screen.bot.name][0] ?? "";
    this.find(".doing").textContent = screen.typing ? "is writing …" : "bot";
    this.find("[data-act=offline]").setAttribute("aria-pressed", String(screen.offline));
    this.find("[data-act=block]").setAttribute("aria-pressed", String(screen.blocked));
    this.element.classList.toggle("is-offline", screen.offline);
    this.find(".notice").hidden = !screen.offline;
    this.find(".composer").hidden = this.find(".keyboard").hidden = screen.blocked;
    this.find(".blocked").hidden = !screen.blocked;
    this.find(".start").hidden = screen.blocked || Boolean(screen.keyboard) || this.shown().length > 0;
    this.messages.draw(this.shown());
    this.drawKeyboard(screen.keyboard);
    this.drawToasts(screen.toasts);
  }

  drawKeyboard(keyboard) {
    const signature = JSON.stringify(keyboard);
    if (signature === this.keyboard) return;
    this.keyboard = signature;
    const area = this.find(".keyboard"), held = document.activeElement, inside = area.contains(held);
    area.replaceChildren(...drawKeyboard(keyboard, this.tap));
    area.scrollTop = 0;
    this.find("textarea").placeholder = keyboard?.placeholder || "Message";
    if (!inside) return;
    const next = area.querySelector("button");
    if (next) next.focus({preventScroll: true});
    else this.composer.focus();
  }

  // The simulator keeps the newest toasts only, so the new ones are those after the longest common part.
  drawToasts(toasts) {
    const before = this.toasts;
    this.toasts = toasts;
    if (before === null) return;
    const same = Array.from({length: before.length + 1}, (_, cut) => before.slice(cut))
      .find(kept => JSON.stringify(toasts.slice(0, kept.length)) === JSON.stringify(kept));
    for (const {text, alert} of toasts.slice(same.length)) alert ? this.showAlert(text) : this.toast(text);
  }

  toast(text) {
    const node = make("p", {class: "toast", dir: "auto"}, text);
    this.find(".toasts").append(node);
    setTimeout(() => node.remove(), TOAST_SECONDS * 1000);
  }

  showAlert(text) {
    const dialog = document.querySelector("#alert");
    dialog.querySelector("#alert-from").textContent = `${this.screen.bot.name} → ${this.name}`;
    dialog.querySelector(".words").textContent = text;
    if (!dialog.open) dialog.showModal();
  }

  showSeized() {
    const dialog = document.querySelector("#seized"), left = this.shown();
    const gone = this.screen.messages.length - left.length;
    dialog.querySelector(".summary").textContent =
      `Whoever holds this unlocked phone sees that there is a chat with “${this.screen.bot.name}”, and this in it. `
      + `${gone} of its messages ${gone === 1 ? "was" : "were"} deleted and cannot be read here.`;
    const found = dialog.querySelector(".found");
    found.dir = this.element.dir;
    found.replaceChildren(...left.map(message => drawMessage(message, `/control${this.path}`)));
    dialog.showModal();
  }
}
