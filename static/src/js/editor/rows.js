// Rows of a form that are added, removed and put in order: by buttons, by dragging, and with the
// keyboard. Their order is in their number fields, which is all that the server reads.
const box = (element) => element.closest("[data-rows]");
const rowsOf = (rows) => [...rows.querySelectorAll("[data-row]:not([hidden])")];
const total = (rows) => rows.querySelector("[name$=-TOTAL_FORMS]");
const fieldsOf = (row) => [...row.querySelectorAll("input, textarea, select")];
const isEmpty = (row) =>
  !fieldsOf(row).some((field) => /text/.test(field.type) && field.value.trim());

function number(rows) {
  rowsOf(rows).forEach((row, place) => {
    row.querySelector("[name$=-ORDER]").value = place + 1;
  });
  const visible = rowsOf(rows).length;
  rows.querySelector("[data-add-row]").hidden = visible >= Number(rows.dataset.most);
}

function say(rows, text) {
  rows.querySelector("[data-rows-said]").textContent = text;
}

function changed(rows) {
  number(rows);
  rows.closest("form").dispatchEvent(new Event("keep"));
}

/** A row that is hidden and empty, or a new one where there is none. */
function freshRow(rows) {
  const spare = [...rows.querySelectorAll("[data-row][hidden]")].find(isEmpty);
  if (spare) {
    spare.hidden = false;
    rows.querySelector("template").before(spare);
    return spare;
  }
  const count = Number(total(rows).value);
  if (count >= Number(rows.dataset.most)) return null;
  const markup = rows.querySelector("template").innerHTML.replaceAll("__prefix__", count);
  rows.querySelector("template").insertAdjacentHTML("beforebegin", markup);
  total(rows).value = count + 1;
  return rowsOf(rows).at(-1);
}

function add(rows) {
  const row = freshRow(rows);
  number(rows);
  row?.querySelector("input, textarea").focus();
}

function remove(row) {
  const rows = box(row);
  const next = row.nextElementSibling?.closest("[data-row]:not([hidden])");
  for (const field of fieldsOf(row)) {
    if (field.type !== "checkbox" && field.tagName !== "SELECT") field.value = "";
  }
  row.hidden = true;
  say(rows, rows.querySelector("[data-rows-said]").dataset.removed);
  changed(rows);
  (next?.querySelector("[data-remove-row]") ?? rows.querySelector("[data-add-row]")).focus();
}

function move(row, step) {
  const rows = box(row);
  const all = rowsOf(rows);
  const place = all.indexOf(row);
  const other = all[place + step];
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  const { moved } = rows.querySelector("[data-rows-said]").dataset;
  say(rows, moved.replace("{place}", place + step + 1).replace("{count}", all.length));
  changed(rows);
}

/** As many rows as were there when these values were typed. */
export function restoreRows(values) {
  for (const rows of document.querySelectorAll("[data-rows]")) {
    const wanted = Number(values.get(total(rows).name) ?? 0);
    while (Number(total(rows).value) < wanted && freshRow(rows));
  }
}

document.addEventListener("click", ({ target }) => {
  const adder = target.closest("[data-add-row]");
  const mover = target.closest("[data-move-row]");
  const remover = target.closest("[data-remove-row]");
  if (adder) add(box(adder));
  if (remover) remove(remover.closest("[data-row]"));
  if (mover) {
    move(mover.closest("[data-row]"), Number(mover.dataset.moveRow));
    mover.focus();
  }
});

let dragged = null;

// Only the grip makes a row draggable, so that text in its fields can still be selected.
document.addEventListener("pointerdown", ({ target }) => {
  const grip = target.closest("[data-grip]");
  if (grip) grip.closest("[data-row]").draggable = true;
});

document.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.("[data-row][draggable=true]");
  if (!row) return;
  dragged = row;
  row.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
});

document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.("[data-row]");
  if (!dragged || !over || box(over) !== box(dragged)) return;
  event.preventDefault();
  if (over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY < top + height / 2) over.before(dragged);
  else over.after(dragged);
});

document.addEventListener("dragend", () => {
  if (!dragged) return;
  delete dragged.dataset.dragged;
  dragged.draggable = false;
  changed(box(dragged));
  dragged = null;
});

/** Empty rows stay out of the way until somebody asks for one. */
function tidy() {
  for (const rows of document.querySelectorAll("[data-rows]")) {
    for (const row of rows.querySelectorAll("[data-row]")) row.hidden = isEmpty(row);
    number(rows);
  }
}

tidy();
document.addEventListener("draft", tidy);
