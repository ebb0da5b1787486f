// Today's totals without reloading, over one connection a page. The page is complete without this file.
//
// [data-live] holds the address to listen at; [data-office] inside of it is the place of one office, or it is itself
// the only one. Sections marked [data-fresh] are fetched again when five more ratings are in, or after an hour: nobody
// is to watch what a single citizen said.
"use strict";
(() => {
  const root = document.querySelector("[data-live]");
  if (!root || !("EventSource" in window)) return;
  const language = document.documentElement.lang;
  const plurals = new Intl.PluralRules(language);
  const number = (value) => new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
  const percent = (share) => new Intl.NumberFormat(language, { style: "percent" }).format(share);
  const REFRESH_AFTER = 5;
  const REFRESH_AT_MOST_EVERY_MS = 10_000;
  const REFRESH_AT_LEAST_EVERY_MS = 3_600_000;
  const AGAIN_MS = [15_000, 300_000];

  const seen = new Map();
  let refreshed = Date.now();
  let source = null;
  let again = AGAIN_MS[0];
  let waiting = 0;

  const place = (office) => root.querySelector(`[data-office="${CSS.escape(office)}"]`) || (root.querySelector("[data-office]") ? null : root);

  function show(strip, name, text) {
    const part = strip.querySelector(`[data-show=${name}]`);
    if (part && part.textContent !== text) part.textContent = text;
    return part;
  }

  function take({ office, n, csat }) {
    const strip = place(office);
    if (!strip) return;
    const state = n === 0 ? "none" : csat ? "full" : "few";
    show(strip, "n", number(n));
    const noun = strip.querySelector("[data-show=noun]")?.dataset;
    if (noun) show(strip, "noun", noun[plurals.select(n)] || noun.other);
    if (csat) {
      show(strip, "value", percent(csat.value));
      const words = strip.querySelector("[data-show=interval]")?.dataset.words;
      const parts = { low: percent(csat.low), low_number: number(100 * csat.low), high: percent(csat.high) };
      if (words) show(strip, "interval", words.replace(/%\((\w+)\)s/g, (_, key) => parts[key]));
    }
    strip.dataset.state = state;
    for (const part of strip.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    if (!seen.has(office) || n < seen.get(office)) seen.set(office, n);
    if (n - seen.get(office) >= REFRESH_AFTER && Date.now() - refreshed >= REFRESH_AT_MOST_EVERY_MS) {
      seen.set(office, n);
      refresh();
    }
  }

  async function refresh() {
    refreshed = Date.now();
    if (!document.querySelector("[data-fresh]")) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const day = (page) => page.querySelector("[data-day]")?.dataset.day;
    if (day(fresh) !== day(document)) return location.reload();
    for (const section of document.querySelectorAll("[data-fresh]")) {
      const newer = fresh.getElementById(section.id);
      if (newer && !section.contains(document.activeElement)) section.replaceChildren(...newer.childNodes);
    }
  }

  function link(open) {
    for (const part of document.querySelectorAll("[data-link]")) part.hidden = (part.dataset.link === "open") !== open;
  }

  function close() {
    clearTimeout(waiting);
    source?.close();
    source = null;
  }

  // A browser gives up for good when the answer is no stream, as while the server restarts behind a proxy.
  function lost() {
    link(false);
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    waiting = setTimeout(open, again * (0.5 + Math.random()));
    again = Math.min(2 * again, AGAIN_MS[1]);
  }

  function open() {
    close();
    source = new EventSource(root.dataset.live);
    source.addEventListener("total", (event) => take(JSON.parse(event.data)));
    source.addEventListener("error", lost);
    source.addEventListener("open", () => {
      again = AGAIN_MS[0];
      link(true);
    });
  }

  // A hidden page lets go of its connection: browsers have six for a whole site, and a person many tabs.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  setInterval(() => Date.now() - refreshed >= REFRESH_AT_LEAST_EVERY_MS && !document.hidden && refresh(), 60_000);
  if (!document.hidden) open();
})();
