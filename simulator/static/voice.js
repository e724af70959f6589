// SPDX-License-Identifier: Apache-2.0
// Voice notes as Telegram's apps send them: Opus in Ogg, made from a recording or from an invented hum.

const RATE = 48000;

// A second of a soft hum: enough to hear that it plays.
export function hum() {
  const wave = new Float32Array(RATE);
  for (let at = 0; at < RATE; at += 1) {
    const swell = Math.sin(Math.PI * at / RATE);
    wave[at] = 0.25 * swell * Math.sin(2 * Math.PI * (180 + 40 * swell) * at / RATE);
  }
  return wave;
}

export async function waveOf(blob) {
  const decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await blob.arrayBuffer());
  return decoded.getChannelData(0);
}

// The wave as a blob "audio/ogg"; null where the browser cannot encode Opus.
export async function oggOf(wave) {
  if (!globalThis.AudioEncoder) return null;
  const config = {codec: "opus", sampleRate: RATE, numberOfChannels: 1, bitrate: 24000};
  if (!(await AudioEncoder.isConfigSupported(config).catch(() => ({}))).supported) return null;
  const packets = [];
  let failed = false;
  const encoder = new AudioEncoder({
    output: chunk => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      packets.push({bytes, length: Math.round((chunk.duration ?? 20000) * RATE / 1e6)});
    },
    error: () => { failed = true; },
  });
  encoder.configure(config);
  encoder.encode(new AudioData({format: "f32-planar", sampleRate: RATE, numberOfFrames: wave.length, numberOfChannels: 1,
    timestamp: 0, data: wave}));
  await encoder.flush().catch(() => { failed = true; });
  return failed || !packets.length ? null : new Blob(pages(packets), {type: "audio/ogg"});
}

// RFC 7845: a page with the head, a page with the comments, then the sound, here one packet a page.
function pages(packets) {
  const serial = crypto.getRandomValues(new Uint32Array(1))[0];
  const text = new TextEncoder();
  const head = new Uint8Array(19);
  head.set(text.encode("OpusHead"));
  head.set([1, 1], 8);
  new DataView(head.buffer).setUint32(12, RATE, true);
  const comments = new Uint8Array(16);
  comments.set(text.encode("OpusTags"));
  const made = [page(head, {serial, number: 0, flag: 2, position: 0}), page(comments, {serial, number: 1, flag: 0, position: 0})];
  let position = 0;
  packets.forEach(({bytes, length}, at) => {
    position += length;
    made.push(page(bytes, {serial, number: at + 2, flag: at === packets.length - 1 ? 4 : 0, position}));
  });
  return made;
}

// RFC 3533, section 6.
function page(packet, {serial, number, flag, position}) {
  const laces = [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
  const bytes = new Uint8Array(27 + laces.length + packet.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("OggS"));
  bytes[5] = flag;
  view.setBigUint64(6, BigInt(position), true);
  view.setUint32(14, serial, true);
  view.setUint32(18, number, true);
  bytes[26] = laces.length;
  bytes.set(laces, 27);
  bytes.set(packet, 27 + laces.length);
  view.setUint32(22, checksum(bytes), true);
  return bytes;
}

function checksum(bytes) {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}
