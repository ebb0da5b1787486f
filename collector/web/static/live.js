// Today's number without reloading. The page is complete without this file.
"use strict";
(() => {
  const strip = document.querySelector("[data-live]");
  if (!strip || !("EventSource" in window)) return;
  const language = document.documentElement.lang;
  const plurals = new Intl.PluralRules(language);
  const number = (value) => new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
  const percent = (share) => new Intl.NumberFormat(language, { style: "percent" }).format(share);
  const REFRESH_AFTER = 5;
  const REFRESH_EVERY_MS = 10000;
  let seen = null;
  let fetched = 0;

  const show = (name, text) => {
    const place = strip.querySelector(`[data-show=${name}]`);
    if (place.textContent !== text) place.textContent = text;
    return place;
  };

  function take({ n, csat }) {
    const state = n === 0 ? "none" : csat ? "full" : "few";
    show("n", number(n));
    const noun = strip.querySelector("[data-show=noun]").dataset;
    show("noun", noun[plurals.select(n)] || noun.other);
    if (csat) {
      show("value", percent(csat.value));
      const words = strip.querySelector("[data-show=interval]").dataset.words;
      const parts = { low: percent(csat.low), low_number: number(100 * csat.low), high: percent(csat.high) };
      show("interval", words.replace(/%\((\w+)\)s/g, (_, key) => parts[key]));
    }
    strip.dataset.state = state;
    for (const part of strip.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    if (seen === null || n < seen) seen = n;
    if (n - seen >= REFRESH_AFTER && Date.now() - fetched >= REFRESH_EVERY_MS) {
      seen = n;
      fetched = Date.now();
      refresh();
    }
  }

  async function refresh() {
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
    strip.querySelector("[data-link=open]").hidden = !open;
    strip.querySelector("[data-link=lost]").hidden = open;
  }

  const source = new EventSource(strip.dataset.live);
  source.addEventListener("total", (event) => take(JSON.parse(event.data)));
  source.addEventListener("open", () => link(true));
  source.addEventListener("error", () => link(false));
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
