// SPDX-License-Identifier: Apache-2.0
// What a person writes and sends: text, changed text, files, places, voice.

import {base64} from "./wire.js";
import {Recorder} from "./recorder.js";
import {samplePhoto, sampleSticker, sampleVoice} from "./samples.js";

const TALLEST = 6;  // lines

export class Composer {
  // `post(path, body)` resolves to whether the simulator took it; `tell(text)` shows a toast.
  constructor(phone, {post, tell, lastOwn}) {
    this.phone = phone;
    this.post = post;
    this.tell = tell;
    this.lastOwn = lastOwn;
    this.editing = null;  // id of the message being changed
    this.text = phone.querySelector("textarea");
    this.recorder = new Recorder(seconds => this.showLength(seconds));
    phone.querySelector(".composer").addEventListener("submit", event => { event.preventDefault(); this.send(); });
    this.text.addEventListener("keydown", event => this.key(event));
    this.text.addEventListener("input", () => this.fit());
    for (const button of phone.querySelectorAll("[data-pick]")) {
      const input = phone.querySelector(`[data-file="${button.dataset.pick}"]`);
      button.addEventListener("click", () => input.click());
      input.addEventListener("change", () => this.attach(input));
    }
    const list = phone.querySelector(".place"), typed = phone.querySelector(".coordinates");
    list.addEventListener("change", () => { typed.value = list.value; typed.setCustomValidity(""); });
    typed.addEventListener("input", () => typed.setCustomValidity(""));
    typed.addEventListener("keydown", event => {
      if (event.key === "Enter") { event.preventDefault(); phone.querySelector("[data-act=place]").click(); }
    });
    this.fit();
  }

  acts = {
    "stop-editing": () => this.stopEditing(),
    record: () => this.record(),
    "send-recording": () => this.sendRecording(),
    "drop-recording": () => this.dropRecording(),
    "sample-photo": async () => this.sendThing(await samplePhoto()),
    "sample-voice": async () => this.sendThing(await sampleVoice()),
    sticker: async () => this.sendThing(await sampleSticker()),
    place: () => this.sendPlace(),
  };

  focus() { this.text.focus({preventScroll: true}); }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); this.send(); }
    if (event.key === "Escape" && this.editing !== null) this.stopEditing();
    if (event.key === "ArrowUp" && !this.text.value) {
      const message = this.lastOwn();
      if (message) { event.preventDefault(); this.edit(message); }
    }
  }

  // An empty field takes the phone's direction, so that its placeholder does too.
  fit() {
    const {value} = this.text;
    this.text.dir = value ? "auto" : this.phone.dir;
    this.text.rows = Math.min(TALLEST, value.split("\n").length);
    const grown = this.text.scrollHeight > this.text.clientHeight && this.text.rows < TALLEST;
    if (grown) this.text.rows = Math.min(TALLEST, Math.ceil(this.text.scrollHeight / 24));
    this.phone.querySelector("[data-act=record]").hidden = Boolean(value);
    this.phone.querySelector("[data-send]").hidden = !value;
  }

  write(value) {
    this.text.value = value;
    this.fit();
  }

  async send() {
    const said = this.text.value, message = this.editing;
    if (!said.trim()) return;
    this.stopEditing();
    const taken = await (message === null ? this.post("/say", {text: said}) : this.post("/edit", {message, text: said}));
    if (!taken && !this.text.value) this.write(said);
  }

  edit(message) {
    this.editing = message.id;
    this.phone.querySelector(".editing").hidden = false;
    this.write(message.text ?? message.caption ?? "");
    this.focus();
  }

  stopEditing() {
    this.editing = null;
    this.phone.querySelector(".editing").hidden = true;
    this.write("");
    this.focus();
  }

  async attach(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    const film = file.type.startsWith("video/");
    const kind = input.dataset.file === "document" ? "document" : film ? "video" : "photo";
    const caption = this.text.value;
    this.write("");
    await this.sendThing({kind, blob: file, name: file.name, caption});
  }

  // {kind, blob or size, name?, caption?, duration?}
  async sendThing({blob, ...thing}) {
    const bytes = blob ? {content: await base64(blob), mime: blob.type.split(";")[0] || undefined} : {};
    this.focus();
    return this.post("/send", {...thing, ...bytes});
  }

  async sendPlace() {
    const field = this.phone.querySelector(".coordinates");
    const [latitude, longitude, ...rest] = field.value.trim().split(/[,;\s]+/).map(Number);
    const fits = !rest.length && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    field.setCustomValidity(fits ? "" : "A place is two numbers, such as 14.90, -92.26.");
    if (!field.reportValidity()) return;
    field.closest("[popover]").hidePopover();
    this.focus();
    await this.post("/send", {kind: "location", latitude, longitude});
  }

  async record() {
    try {
      await this.recorder.start();
    } catch {
      this.tell("No microphone here: a sample voice note was sent instead.");
      await this.acts["sample-voice"]();
      return;
    }
    this.showRecording(true);
    this.phone.querySelector("[data-act=send-recording]").focus();
  }

  async sendRecording() {
    this.showRecording(false);
    this.focus();
    const {blob, duration} = await this.recorder.stop();
    await this.sendThing({kind: "voice", blob, name: "voice.ogg", duration});
  }

  async dropRecording() {
    this.showRecording(false);
    this.focus();
    await this.recorder.stop();
  }

  showRecording(on) {
    this.phone.querySelector(".recording").hidden = !on;
    this.phone.querySelector(".writing").hidden = on;
  }

  showLength(seconds) {
    this.phone.querySelector(".length").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
