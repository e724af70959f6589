// SPDX-License-Identifier: Apache-2.0
// The list of messages of one phone: draws only what changed, keeps the place of the eye and of the focus.

import {dayOf, drawDay, drawMessage} from "./drawing.js";

const NEAR = 80;  // pixels from the end that still count as "at the end"

export class Messages {
  constructor(log, newer, path, acts) {
    this.log = log;
    this.list = log.querySelector("ol");
    this.newer = newer;
    this.path = path;
    this.acts = acts;
    this.drawn = new Map();  // key -> {signature, node}
    newer.addEventListener("click", () => { this.toEnd(); this.log.focus({preventScroll: true}); });
    log.addEventListener("scroll", () => this.scrolled(), {passive: true});
    log.addEventListener("keydown", event => this.move(event));
    log.addEventListener("focusin", event => this.reach(event.target.closest("li")));
    new ResizeObserver(() => this.resized()).observe(log);
    this.list.addEventListener("load", () => { if (this.sticky) this.toEnd(); }, true);  // a picture came and made it longer
    this.sticky = true;  // the eye is at the end and wants to stay there
    this.height = 0;
  }

  atEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR; }
  toEnd() { this.log.scrollTop = this.log.scrollHeight; }

  resized() {
    this.height = this.log.clientHeight;
    if (this.sticky) this.toEnd();
  }

  // A keyboard that comes makes the list shorter before anybody scrolls: that is no wish to leave the end.
  scrolled() {
    if (this.log.clientHeight !== this.height) return;
    this.sticky = this.atEnd();
    if (this.sticky) this.newer.hidden = true;
  }

  draw(messages) {
    const focus = this.focusNow();
    const rows = withDays(messages);
    const keys = new Set(rows.map(row => row.key));
    for (const [key, {node}] of this.drawn) if (!keys.has(key)) { node.remove(); this.drawn.delete(key); }
    let previous = null, grew = false;
    for (const row of rows) {
      const before = this.drawn.get(row.key);
      const node = before?.signature === row.signature ? before.node : this.put(row, before);
      if (!before) grew = true;
      const place = previous ? previous.nextSibling : this.list.firstChild;
      if (node !== place) this.list.insertBefore(node, place);
      previous = node;
    }
    this.reach(this.log.contains(document.activeElement) ? document.activeElement.closest("li") : null);
    this.focusAgain(focus);
    if (this.sticky) this.toEnd();
    else if (grew) this.newer.hidden = false;
  }

  put(row, before) {
    const node = row.message ? drawMessage(row.message, this.path, this.acts) : drawDay(row.date);
    node.dataset.key = row.key;
    if (before) { node.classList.add("again"); before.node.replaceWith(node); }
    this.drawn.set(row.key, {signature: row.signature, node});
    return node;
  }

  focusNow() {
    const held = document.activeElement;
    if (!this.list.contains(held)) return null;
    const item = held.closest("li");
    return {held, key: item.dataset.key, place: [...item.querySelectorAll("button, a, audio, video")].indexOf(held)};
  }

  focusAgain(focus) {
    if (!focus || focus.held.isConnected) return;
    const item = this.drawn.get(focus.key)?.node;
    const inside = item?.querySelectorAll("button, a, audio, video") ?? [];
    (inside[focus.place] ?? item ?? this.log).focus({preventScroll: true});
  }

  // Up and Down go from message to message.
  move(event) {
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || event.target.closest("audio, video")) return;
    const items = [...this.list.querySelectorAll(".message")];
    if (!items.length) return;
    const now = items.indexOf(event.target.closest(".message"));
    const next = now < 0 ? items.length - 1 : now + (event.key === "ArrowUp" ? -1 : 1);
    items[Math.max(0, Math.min(items.length - 1, next))].focus();
    event.preventDefault();
  }

  // Tab stops only in the message that has the focus and in the newest one: a long chat is not a hundred stops.
  reach(current) {
    const newest = this.list.lastElementChild;
    for (const one of this.list.querySelectorAll("button, a, audio, video")) {
      const item = one.closest("li");
      one.tabIndex = item === current || item === newest ? 0 : -1;
    }
  }
}

function withDays(messages) {
  const rows = [];
  let day = "";
  for (const message of messages) {
    const here = dayOf(message.date);
    if (here !== day) rows.push({key: `day ${here}`, signature: here, date: message.date});
    day = here;
    rows.push({key: String(message.id), signature: JSON.stringify(message), message});
  }
  return rows;
}
