// Filters, opens and closes what the page already shows; without it everything can be read all the same.
"use strict";

const form = document.querySelector(".filter");
const counted = form.querySelector("output");
const units = [...document.querySelectorAll(".unit")].map((unit) => ({
  unit,
  levels: [...unit.querySelectorAll(".level")].map((level) => ({
    level,
    rows: [...level.querySelectorAll(".agreement")].map((row) => ({ row, words: "", codes: null })),
  })),
}));
const total = document.querySelectorAll(".agreement").length;

const holds = (entry, words) => {
  entry.words ||= entry.row.textContent.toLowerCase();
  return words.every((word) => entry.words.includes(word));
};

const bears = (entry, code) => {
  entry.codes ??= new Set([...entry.row.querySelectorAll(".findings code")].map((found) => found.textContent));
  return entry.codes.has(code);
};

const filter = () => {
  const { words, result, unit, level, code } = form.elements;
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const narrowed = wanted.length > 0 || [result, unit, level, code].some((choice) => choice.value !== "");
  const fits = (entry) =>
    (!result.value || entry.row.dataset.result === result.value) &&
    (!level.value || entry.row.dataset.level === level.value) &&
    (!code.value || bears(entry, code.value)) &&
    holds(entry, wanted);
  const show = (part, count) => {
    part.hidden = count === 0;
    if (narrowed) part.open = count > 0;
    return count;
  };
  let shown = 0;
  for (const one of units) {
    const isChosen = !unit.value || one.unit.id === unit.value;
    let here = 0;
    for (const { level: part, rows } of one.levels) {
      let found = 0;
      for (const entry of rows) {
        entry.row.hidden = !(isChosen && fits(entry));
        found += !entry.row.hidden;
      }
      here += show(part, found);
    }
    shown += show(one.unit, here);
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
