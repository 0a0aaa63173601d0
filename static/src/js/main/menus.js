// Menus are <details>; here they also close on Escape and when somebody goes elsewhere.
const open = () => document.querySelectorAll("details[data-drop][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("focusin", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// "/" goes to the search field, unless somebody is writing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector("[role=search] input[name=q]");
  if (!field) return;
  event.preventDefault();
  field.focus();
});

// A row of links that is wider than a phone begins where one is.
for (const link of document.querySelectorAll("main nav [aria-current]")) {
  const row = link.closest("ul, .cats");
  if (!row || row.scrollWidth <= row.clientWidth) continue;
  const beside = (row.clientWidth - link.offsetWidth) / 2;
  row.scrollLeft += link.getBoundingClientRect().left - row.getBoundingClientRect().left - beside;
}
