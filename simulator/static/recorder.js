// SPDX-License-Identifier: Apache-2.0
// The microphone: one recording at a time, as a blob with its length in seconds.

import {oggOf, waveOf} from "./voice.js";

export class Recorder {
  constructor(onTick) { this.onTick = onTick; }

  // Rejects when there is no microphone or the person at the page says no.
  async start() {
    const stream = await navigator.mediaDevices.getUserMedia({audio: true});
    this.pieces = [];
    this.began = Date.now();
    this.recorder = new MediaRecorder(stream);
    this.recorder.ondataavailable = event => this.pieces.push(event.data);
    this.ended = new Promise(done => { this.recorder.onstop = done; });
    this.recorder.start();
    this.stream = stream;
    this.ticking = setInterval(() => this.onTick(this.seconds), 500);
    this.onTick(0);
  }

  get seconds() { return Math.floor((Date.now() - this.began) / 1000); }

  async stop() {
    clearInterval(this.ticking);
    const duration = Math.max(1, this.seconds);
    this.recorder.stop();
    await this.ended;
    for (const track of this.stream.getTracks()) track.stop();
    const raw = new Blob(this.pieces, {type: this.recorder.mimeType});
    return {duration, blob: raw.type.startsWith("audio/ogg") ? raw : await asOgg(raw)};
  }
}

// As recorded, under its true type, where it cannot be made into Ogg.
async function asOgg(raw) {
  try {
    return await oggOf(await waveOf(raw)) ?? raw;
  } catch {
    return raw;
  }
}
