// Suggests the id while the Lithuanian name is typed, and copies Monday's hours. Without it the server makes the id.
(() => {
  const form = document.getElementById("thing");
  if (!form) return;
  const name = document.getElementById("name-lt");
  const id = document.getElementById("id");
  if (id && form.hasAttribute("data-new")) {
    let own = id.value !== "";
    id.addEventListener("input", () => { own = id.value !== ""; });
    name.addEventListener("input", () => {
      if (own) return;
      const plain = name.value.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[^\x00-\x7f]/g, "");
      id.value = plain.replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "");
    });
  }
  const same = document.getElementById("same-hours");
  if (same) {
    same.hidden = false;
    same.querySelector("button").addEventListener("click", () => {
      for (const end of ["from", "to"]) {
        const monday = form.elements[`hours:mon:${end}`].value;
        for (const day of ["tue", "wed", "thu", "fri"]) form.elements[`hours:${day}:${end}`].value = monday;
      }
    });
  }
})();
