// A roll-out's progress without reloading the page. Without this file the page loads itself anew every three seconds.
"use strict";
(() => {
  const EVERY_MS = 3000;
  const under = (part) => ["running", "waiting"].includes(part.dataset.state);

  async function look() {
    const here = document.getElementById("progress");
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("progress");
        const busy = here.contains(document.activeElement) && fresh?.dataset.state === here.dataset.state;
        if (fresh && !busy && fresh.innerHTML !== here.innerHTML) here.replaceWith(fresh);
      }
    } catch {
      // The server is away: what is shown stays, and is asked for again.
    }
    if (under(document.getElementById("progress"))) setTimeout(look, EVERY_MS);
  }
  setTimeout(look, EVERY_MS);
})();
