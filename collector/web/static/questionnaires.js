// The imitated screens follow what is typed, in the language looked at. Without this the server draws them at each save.
"use strict";

const editor = document.getElementById("editor");
const every = (selector) => [...document.querySelectorAll(selector)];

/** Where the kiosk's Roboto is not installed, another font is set as closely as Roboto runs: a word that fits there fits here. */
function setAsClosely() {
  const screen = document.querySelector(".screen");
  if (!screen) return;
  const sample = "Vidutiniškai, patalpos, prieinamumas, darbuotojų elgesys";
  const inRoboto = 25.159; // its width in em
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `100px ${getComputedStyle(screen).fontFamily}`;
  const tight = (inRoboto - pen.measureText(sample).width / 100) / sample.length;
  for (const one of every(".screen")) one.style.setProperty("--tight", `${tight.toFixed(4)}em`);
}

/** Mark what does not fit where it stands. */
function measure() {
  for (const look of every(".look:not([hidden])")) {
    let over = false;
    for (const text of look.querySelectorAll("[data-fit]")) {
      const isOver = text.scrollHeight > text.clientHeight + 2 || text.scrollWidth > text.clientWidth + 2;
      text.classList.toggle("over", isOver);
      over ||= isOver;
    }
    look.querySelector(".too-long").hidden = !over;
  }
}

function follow(field) {
  for (const text of every(`[data-from="${CSS.escape(field.name)}"]`)) {
    text.textContent = field.value.trim().replace(/\s+/g, " ") || text.dataset.fallback;
  }
}

function lookAt(language) {
  for (const look of every(".look")) look.hidden = look.dataset.look !== language;
  for (const button of every(".looks [aria-pressed]")) button.setAttribute("aria-pressed", String(button.value === `look-${language}`));
  editor.elements.language.value = language;
  const address = new URL(location.href);
  address.searchParams.set("language", language);
  history.replaceState(null, "", address);
  measure();
}

/** A language that is offered no more hides its fields; what stands in them is kept. */
function offer(box) {
  for (const part of every(`[data-tongue="${box.value}"], [data-offered="${box.value}"]`)) part.hidden = !box.checked;
}

/** Lists of reasons stay as they were left, over a save. */
function rememberLists() {
  const key = `nuomone-open:${location.pathname}`;
  const kept = new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
  for (const list of every(".reason-list")) {
    list.open ||= kept.has(list.id);
    list.addEventListener("toggle", () => {
      sessionStorage.setItem(key, JSON.stringify(every(".reason-list[open]").map((one) => one.id)));
    });
  }
}

/** The list of what is missing leads to a field that may be in a closed list. */
function openTarget() {
  const field = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const list = field && field.closest("details");
  if (list) list.open = true;
  if (field && field.matches("input, textarea, select")) field.focus();
}

if (editor) {
  let typed = false;
  editor.addEventListener("input", (event) => {
    typed = true;
    if (event.target.name === "languages") offer(event.target);
    else follow(event.target);
    measure();
  });
  editor.addEventListener("click", (event) => {
    const button = event.target.closest("[value^=look-]");
    if (!button) return;
    const language = button.value.slice(5);
    if (!every(".look").some((look) => look.dataset.look === language)) return; // offered just now: the server draws it
    event.preventDefault();
    lookAt(language);
  });
  editor.addEventListener("submit", () => { typed = false; });
  addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
  rememberLists();
  openTarget();
}
setAsClosely();
document.fonts.ready.then(measure);
addEventListener("resize", measure);
