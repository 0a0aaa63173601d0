// The admin by keyboard: j and k walk through rows, Enter opens one, x marks it. Never while somebody types.
const ROWS = "#result_list tbody tr, [data-rows] tbody tr, [data-row]";

const isTyping = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
const linkOf = (row) => (row.matches("a") ? row : row.querySelector("th a, td a"));

function rows() {
  return [...document.querySelectorAll(ROWS)].filter(linkOf);
}

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  if (!all[next]) return;
  linkOf(all[next]).focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function mark() {
  const box = document.activeElement?.closest("tr")?.querySelector("input[type=checkbox].action-select");
  box?.click();
}

// What is wider than its room is moved by the arrow keys, once it can be reached.
for (const room of document.querySelectorAll(".module, .ops table, fieldset")) {
  if (room.scrollWidth > room.clientWidth && getComputedStyle(room).overflowX !== "visible") room.tabIndex = 0;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (event.key === "x") mark();
  else if (event.key === "/") {
    event.preventDefault();
    document.getElementById("ops-search")?.focus();
  }
});

// Browsers leave what has the focus cut off where a list was moved aside.
document.addEventListener("focusin", ({ target }) => {
  if (target.closest(".results")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});

// The filters stand open where there is room for them; on a phone one asks for them.
const filter = document.querySelector("[data-ops-filter]");
if (filter && matchMedia("(min-width: 64rem)").matches) filter.open = true;
