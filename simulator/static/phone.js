// SPDX-License-Identifier: Apache-2.0
// One phone: its chat, its keyboard, its composer.

import {get, post, base64} from "./wire.js";
import {drawKeyboard, drawMessage, make} from "./drawing.js";

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

export class Phone {
  constructor(number, name, language, say) {
    this.number = number;
    this.say = say;
    this.path = `/phones/${number}`;
    this.drawn = new Map();      // message id -> {signature, node}
    this.keyboardSignature = "";
    this.toastsSeen = 0;
    this.editing = null;
    this.onRemove = () => {};
    this.element = document.querySelector("#phone-template").content.firstElementChild.cloneNode(true);
    this.element.setAttribute("aria-label", `Phone of ${name}`);
    this.element.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
    this.find(".owner").textContent = `${name} · ${language}`;
    this.find(".title").textContent = "Bot";
    this.wire();
  }

  find(selector) { return this.element.querySelector(selector); }
  focus() { this.find("textarea").focus(); }

  wire() {
    this.find(".composer").addEventListener("submit", event => { event.preventDefault(); this.send(); });
    const text = this.find("textarea");
    text.addEventListener("keydown", event => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    });
    text.addEventListener("input", () => { text.rows = Math.min(6, text.value.split("\n").length); });
    for (const input of this.element.querySelectorAll("input[data-file]")) {
      input.addEventListener("change", () => this.attach(input));
    }
    this.element.addEventListener("click", event => {
      const button = event.target.closest("[data-act]");
      if (button) this.acts[button.dataset.act]?.(button);
    });
  }

  acts = {
    offline: button => this.toggle(button, "offline", on => ({path: "/offline", body: {on}})),
    block: button => this.toggle(button, "blocked", on => ({path: on ? "/block" : "/unblock", body: {}})),
    seized: () => this.seized(),
    remove: () => this.putAway(),
    record: button => this.record(button),
    sticker: () => this.post("/send", {kind: "sticker"}),
    "sample-voice": () => this.post("/send", {kind: "voice", size: 24000, mime: "audio/ogg", name: "voice.ogg"}),
    "sample-photo": () => this.samplePhoto(),
    "send-place": () => this.sendPlace(),
  };

  async post(path, body) {
    try {
      await post(this.path + path, body);
    } catch (error) {
      this.toast(error.message);
    }
    await this.refresh();
  }

  async send() {
    const text = this.find("textarea");
    const said = text.value;
    if (!said.trim()) return;
    text.value = "";
    text.rows = 1;
    if (this.editing !== null) {
      const message = this.editing;
      this.editing = null;
      await this.post("/edit", {message, text: said});
    } else {
      await this.post("/say", {text: said});
    }
  }

  press = async (message, button) => {
    if (button.kind === "copy" || button.kind === "copy_text") {
      await navigator.clipboard?.writeText(button.copy ?? button.data ?? button.text).catch(() => {});
      this.toast("Copied");
      return;
    }
    await this.post("/press", {message: message.id, label: button.text});
  };

  edit = message => {
    this.editing = message.id;
    const text = this.find("textarea");
    text.value = message.text ?? "";
    text.focus();
  };

  remove = message => this.post("/delete", {message: message.id});
  tap = label => this.post("/tap", {label});

  async toggle(button, mark, act) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    this.element.classList.toggle(mark, on);
    const {path, body} = act(on);
    await this.post(path, body);
  }

  async attach(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    const kind = input.dataset.file === "photo" ? (file.type.startsWith("video/") ? "video" : "photo") : "document";
    const caption = this.find("textarea").value;
    this.find("textarea").value = "";
    this.find(".attach").open = false;
    await this.post("/send", {kind, content: await base64(file), name: file.name, mime: file.type, caption});
  }

  async samplePhoto() {
    const canvas = make("canvas", {width: 640, height: 480});
    const brush = canvas.getContext("2d");
    brush.fillStyle = "#7aa39d";
    brush.fillRect(0, 0, 640, 480);
    brush.fillStyle = "#fff";
    brush.font = "40px sans-serif";
    brush.fillText("Sample photo", 190, 250);
    const blob = await new Promise(done => canvas.toBlob(done, "image/jpeg", 0.8));
    await this.post("/send", {kind: "photo", content: await base64(blob), name: "photo.jpg", mime: "image/jpeg"});
  }

  async sendPlace() {
    const typed = this.find(".coordinates").value || this.find(".place").value;
    const [latitude, longitude] = typed.split(/[,;\s]+/).map(Number);
    if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return this.toast("Choose a place or type two numbers.");
    await this.post("/send", {kind: "location", latitude, longitude});
  }

  async record(button) {
    if (this.recorder) { this.recorder.stop(); return; }
    if (!navigator.mediaDevices?.getUserMedia) return this.acts["sample-voice"]();
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({audio: true});
    } catch {
      this.toast("No microphone here: a sample voice note was sent instead.");
      return this.acts["sample-voice"]();
    }
    const pieces = [];
    this.recorder = new MediaRecorder(stream);
    this.recorder.ondataavailable = event => pieces.push(event.data);
    this.recorder.onstop = async () => {
      this.recorder = null;
      button.setAttribute("aria-pressed", "false");
      for (const track of stream.getTracks()) track.stop();
      await this.post("/send", {kind: "voice", content: await base64(new Blob(pieces)), mime: "audio/ogg", name: "voice.ogg"});
    };
    this.recorder.start();
    button.setAttribute("aria-pressed", "true");
    this.say("Recording. Press again to send.");
  }

  async refresh() {
    if (this.refreshing) { this.again = true; return; }
    this.refreshing = true;
    try {
      do { this.again = false; this.draw(await get(`${this.path}/screen`)); } while (this.again);
    } finally {
      this.refreshing = false;
    }
  }

  draw(screen) {
    this.screen = screen;
    if (screen.bot?.name) this.find(".title").textContent = screen.bot.name;
    this.drawMessages(screen.messages.filter(message => !message.deleted));
    const signature = JSON.stringify(screen.keyboard ?? null);
    if (signature !== this.keyboardSignature) {
      this.keyboardSignature = signature;
      this.find(".keyboard").replaceChildren(...drawKeyboard(screen.keyboard, this));
      this.find("textarea").placeholder = screen.keyboard?.placeholder || "Message";
    }
    const toasts = screen.toasts ?? [];
    for (const toast of toasts.slice(this.toastsSeen)) this.toast(toast.text ?? toast);
    this.toastsSeen = toasts.length;
  }

  drawMessages(messages) {
    const list = this.find(".messages");
    const low = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    const kept = new Set(messages.map(message => message.id));
    for (const [id, {node}] of this.drawn) if (!kept.has(id)) { node.remove(); this.drawn.delete(id); }
    let grew = false;
    for (const message of messages) {
      const signature = JSON.stringify(message);
      const before = this.drawn.get(message.id);
      if (before?.signature === signature) continue;
      const node = drawMessage(message, this);
      if (before) before.node.replaceWith(node);
      else { list.append(node); grew = true; }
      this.drawn.set(message.id, {signature, node});
    }
    if (grew && low) list.scrollTop = list.scrollHeight;
  }

  toast(text) {
    const node = make("p", {class: "toast", dir: "auto"}, text);
    this.find(".toasts").append(node);
    setTimeout(() => node.remove(), 4000);
  }

  seized() {
    const dialog = document.querySelector("#seized");
    const left = (this.screen?.messages ?? []).filter(message => !message.deleted);
    dialog.querySelector(".found").replaceChildren(
      make("li", {}, `A chat with “${this.find(".title").textContent}”.`),
      ...left.map(message => make("li", {dir: "auto"}, message.text || message.caption || message.kind)));
    dialog.showModal();
  }

  putAway() {
    const put = JSON.parse(sessionStorage.getItem("put-away") ?? "[]");
    sessionStorage.setItem("put-away", JSON.stringify([...put, this.number]));
    this.element.remove();
    this.onRemove();
  }
}
