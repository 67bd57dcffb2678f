// Filters, opens and closes what the page already shows; without it everything can be read all the same.
"use strict";

const form = document.querySelector(".filter");
const counted = form.querySelector("output");
const units = [...document.querySelectorAll(".unit")].map((unit) => ({
  unit,
  rows: [...unit.querySelectorAll(".agreement")].map((row) => ({ row, words: "" })),
}));
const total = units.reduce((sum, { rows }) => sum + rows.length, 0);

const holds = (entry, words) => {
  entry.words ||= entry.row.textContent.toLowerCase();
  return words.every((word) => entry.words.includes(word));
};

const filter = () => {
  const { words, result, level } = form.elements;
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const narrowed = wanted.length > 0 || result.value !== "" || level.value !== "";
  let shown = 0;
  for (const { unit, rows } of units) {
    let here = 0;
    for (const entry of rows) {
      const { row } = entry;
      const fits =
        (!result.value || row.dataset.result === result.value) &&
        (!level.value || row.dataset.level === level.value) &&
        holds(entry, wanted);
      row.hidden = !fits;
      here += fits;
    }
    unit.hidden = here === 0;
    if (narrowed) unit.open = here > 0;
    shown += here;
  }
  counted.textContent = counted.dataset.counted.replace("{shown}", shown).replace("{total}", total);
};

const openAll = (open) => {
  for (const details of document.querySelectorAll("details")) details.open = open;
};

const reveal = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let part = target; part; part = part.parentElement) {
    part.hidden = false;
    if (part.tagName === "DETAILS") part.open = true;
  }
  target.scrollIntoView();
};

let openBefore = [];

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.elements.open.addEventListener("click", () => openAll(true));
form.elements.close.addEventListener("click", () => openAll(false));
window.addEventListener("hashchange", reveal);
window.addEventListener("beforeprint", () => {
  openBefore = [...document.querySelectorAll("details[open]")];
  openAll(true);
});
window.addEventListener("afterprint", () => {
  openAll(false);
  for (const details of openBefore) details.open = true;
});
filter();
reveal();
