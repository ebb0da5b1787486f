// Charts that can be pointed at, in place of their pictures. The page is complete without this file.
"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 600px)");
  const OPTIONS = { ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true } };
  let vega = null;

  function loaded(address) {
    vega ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      script.src = address;
      document.head.append(script);
    });
    return vega;
  }

  async function description(figure) {
    const address = new URL(figure.dataset.chart, location.href);
    if (dark.matches) address.searchParams.set("theme", "dark");
    if (narrow.matches) address.searchParams.set("size", "narrow");
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
    return answer.json();
  }

  // What is drawn replaces what is there only when it is complete; of two drawings the later one wins.
  async function draw(figure) {
    const turn = (figure.turn = (figure.turn || 0) + 1);
    try {
      const [spec] = await Promise.all([description(figure), loaded(figure.dataset.vega)]);
      const place = document.createElement("div");
      place.className = "drawn";
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", figure.querySelector("img").alt);
      const inside = document.createElement("div"); // Vega gives it a role of its own; the picture's words stand for all of it
      inside.setAttribute("aria-hidden", "true");
      place.append(inside);
      const made = await window.vegaEmbed(inside, spec, OPTIONS);
      if (turn !== figure.turn) return made.finalize();
      figure.made?.finalize();
      figure.querySelector(".drawn")?.remove();
      figure.querySelector("picture").after(place);
      figure.made = made;
      figure.classList.add("live");
    } catch {
      if (turn === figure.turn) figure.classList.remove("live");
    }
  }

  const seen = new Set();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      watcher.unobserve(target);
      seen.add(target);
      draw(target);
    }
  }, { rootMargin: "200px" });
  for (const figure of document.querySelectorAll("figure[data-chart]")) watcher.observe(figure);
  for (const media of [dark, narrow]) media.addEventListener("change", () => seen.forEach(draw));
})();
