// SPDX-License-Identifier: Apache-2.0
// Invented things to send: a picture, a sticker, a voice note. Made here, so that nothing is packed and nothing is real.

import {hum, oggOf} from "./voice.js";

export async function samplePhoto() {
  const blob = await drawn(640, 480, "image/jpeg", brush => {
    fill(brush, "#b9d6d0", 0, 0, 640, 480);
    fill(brush, "#e9c46a", 470, 70, 80, 80);
    fill(brush, "#5f8f88", 0, 300, 640, 180);
    fill(brush, "#ffffff", 200, 190, 240, 150);
    fill(brush, "#33524e", 290, 250, 60, 90);
    write(brush, "Sample photo", "#ffffff", 44, 320, 430);
  });
  return {kind: "photo", blob, name: "photo.jpg"};
}

export async function sampleSticker() {
  const blob = await drawn(256, 256, "image/webp", brush => {
    brush.fillStyle = "#f2c14e";
    brush.beginPath();
    brush.arc(128, 128, 112, 0, 2 * Math.PI);
    brush.fill();
    fill(brush, "#3a2f12", 84, 88, 18, 32);
    fill(brush, "#3a2f12", 154, 88, 18, 32);
    brush.lineWidth = 12;
    brush.strokeStyle = "#3a2f12";
    brush.beginPath();
    brush.arc(128, 138, 54, 0.15 * Math.PI, 0.85 * Math.PI);
    brush.stroke();
  });
  return {kind: "sticker", blob, name: "sticker.webp"};
}

// Where Opus cannot be encoded the simulator makes up bytes that nobody can play.
export async function sampleVoice() {
  const blob = await oggOf(hum());
  return blob ? {kind: "voice", blob, name: "voice.ogg", duration: 1} : {kind: "voice", size: 24000, duration: 1};
}

async function drawn(width, height, type, paint) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  paint(canvas.getContext("2d"));
  return new Promise(done => canvas.toBlob(done, type, 0.85));
}

function fill(brush, colour, ...box) {
  brush.fillStyle = colour;
  brush.fillRect(...box);
}

function write(brush, words, colour, size, x, y) {
  brush.fillStyle = colour;
  brush.font = `${size}px sans-serif`;
  brush.textAlign = "center";
  brush.fillText(words, x, y);
}
