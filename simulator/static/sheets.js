// SPDX-License-Identifier: Apache-2.0
// Menus: popovers that stand beside the button that opened them. The browser closes them (Escape, a click elsewhere)
// and gives the focus back.

const EDGE = 8;

// Joins every [data-opens] button under `root` with the [data-sheet] of that name under `root`.
export function wireSheets(root) {
  for (const sheet of root.querySelectorAll("[data-sheet]")) {
    sheet.addEventListener("toggle", event => { if (event.newState === "open") place(sheet); });
    sheet.addEventListener("click", event => { if (event.target.closest("button:not([data-stay])")) sheet.hidePopover(); });
  }
  for (const button of root.querySelectorAll("[data-opens]")) {
    opens(button, root.querySelector(`[data-sheet="${button.dataset.opens}"]`));
  }
}

export function opens(button, sheet) {
  button.popoverTargetElement = sheet;
  button.setAttribute("aria-haspopup", "true");
  button.addEventListener("click", () => { sheet.opener = button; });
}

function place(sheet) {
  const from = sheet.opener?.isConnected ? sheet.opener.getBoundingClientRect() : null;
  if (!from) return;
  const {width, height} = sheet.getBoundingClientRect();
  const around = sheet.opener.closest(".phone")?.getBoundingClientRect() ?? {left: 0, right: innerWidth};
  const wanted = from.left + from.right < around.left + around.right ? from.left : from.right - width;
  const below = from.bottom + 4 + height <= innerHeight - EDGE;
  const top = below ? from.bottom + 4 : Math.max(EDGE, from.top - 4 - height);
  const left = Math.max(EDGE, Math.min(wanted, innerWidth - width - EDGE));
  sheet.style.inset = `${top}px auto auto ${left}px`;
}
