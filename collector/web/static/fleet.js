// Keeps a page of the fleet up to date. The page is complete without this file.
//
// Each part marked [data-again] is fetched anew after so many seconds, and replaced where it differs. Nothing is
// replaced while somebody holds something in it: an opened box, a focused link, marked text. A page that nobody has
// touched for ten minutes stays as it is: a session that is not used must come to its end.
"use strict";
(() => {
  const MOST_MS = 60_000;
  const TOUCHED_MS = 600_000;
  const parts = (root) => [...root.querySelectorAll("[data-again]")];
  const held = (part) => part.contains(document.activeElement) || part.querySelector("details[open]") || !document.getSelection().isCollapsed;
  let wait = 1;
  let touched = Date.now();
  for (const kind of ["pointermove", "pointerdown", "keydown", "scroll"]) {
    addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  }
  const idle = () => document.hidden || Date.now() - touched > TOUCHED_MS;

  const seconds = () => Math.min(...parts(document).map((part) => Number(part.dataset.again)));

  async function again() {
    let fresh = null;
    if (!idle()) {
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (answer.ok && !answer.redirected) fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      } catch { /* the network may come back */ }
    }
    if (fresh) {
      const now = parts(fresh);
      parts(document).forEach((part, n) => {
        if (now[n] && now[n].outerHTML !== part.outerHTML && !held(part)) part.replaceWith(document.importNode(now[n], true));
      });
    }
    wait = fresh || idle() ? 1 : Math.min(2 * wait, 16);
    later();
  }

  function later() {
    const due = 1000 * seconds();
    if (Number.isFinite(due)) setTimeout(again, Math.min(due * wait, Math.max(due, MOST_MS)));
  }

  later();
})();
