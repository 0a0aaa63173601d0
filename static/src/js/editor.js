// The gig editor: what each of its fields says while it is typed. Everything works without.
import "./editor/draft.js";
import "./editor/pictures.js";
import "./editor/rows.js";
import "./editor/tags.js";
import { currency, typed } from "./shared/amounts.js";

const editor = () => document.getElementById("gigs-editor");

const unit = () => currency(editor().dataset.currency);
const money = (amount) => unit().format.format(amount / unit().scale);
const minor = (text) => Math.round(typed(text, editor().dataset.currency) * unit().scale);

function showEarning(input) {
  const note = document.querySelector(`[data-earning="${input.id}"]`);
  if (!note) return;
  const price = minor(input.value);
  const fee = Math.floor((price * Number(note.dataset.commission) + 5000) / 10000);
  const words = note.dataset.words;
  note.textContent =
    price > 0 ? words.replace("{earned}", money(price - fee)).replace("{price}", money(price)) : "";
}

function count(input) {
  let counter = document.getElementById(`${input.id}_counter`);
  if (!counter) {
    counter = document.createElement("span");
    counter.id = `${input.id}_counter`;
    counter.className = "counter";
    input.after(counter);
  }
  counter.textContent = `${[...input.value].length} / ${input.dataset.counted}`;
}

/** The card's price: that of the cheapest package, as in the lists. */
function echoPrice() {
  const echo = document.querySelector("[data-price-echo]");
  const fields = [...document.querySelectorAll("[data-package] [name$=-price]")];
  if (!echo || !fields.length) return;
  const prices = fields.map(({ value }) => minor(value)).filter((price) => price > 0);
  echo.hidden = !prices.length;
  if (prices.length) {
    echo.querySelector("b").textContent = money(Math.min(...prices)).replace(/[.,]00(?!\d)/, "");
  }
}

function echoTitle(input) {
  for (const echo of document.querySelectorAll("[data-title-echo]")) {
    echo.dataset.empty ??= echo.textContent;
    echo.textContent = input.value.trim() || echo.dataset.empty;
  }
}

/** Tell the page that something was typed, though no key was pressed. */
function changed() {
  editor().dispatchEvent(new Event("keep"));
}

function copyPackage(button) {
  const target = button.closest("[data-package]");
  const tier = target.dataset.package;
  for (const source of document.querySelectorAll("[data-package=basic] [name^=basic-]")) {
    const field = document.getElementsByName(source.name.replace("basic", tier))[0];
    field.value = source.value;
    showEarning(field);
  }
  echoPrice();
  target.querySelector("input").focus();
  changed();
}

const MARKS = {
  bold: (text) => `**${text}**`,
  italic: (text) => `*${text}*`,
  list: (text) => text.replace(/^(?!- )/gm, "- "),
  heading: (text) => text.replace(/^(?!# )/gm, "# "),
};
const WHOLE_LINES = new Set(["list", "heading"]);

function mark(button) {
  const area = document.querySelector("[data-marked]");
  const kind = button.dataset.mark;
  let { selectionStart: from, selectionEnd: to } = area;
  if (WHOLE_LINES.has(kind)) {
    from = area.value.lastIndexOf("\n", from - 1) + 1;
    const end = area.value.indexOf("\n", to);
    to = end < 0 ? area.value.length : end;
  }
  area.setRangeText(MARKS[kind](area.value.slice(from, to)), from, to, "end");
  area.focus();
  changed();
}

document.addEventListener("input", ({ target }) => {
  if (!target.closest?.("#gigs-editor")) return;
  showEarning(target);
  echoPrice();
  if (target.dataset.counted) {
    count(target);
    echoTitle(target);
  }
});

document.addEventListener("click", ({ target }) => {
  const copy = target.closest("[data-copy-package]");
  const tool = target.closest("[data-mark]");
  const category = target.closest("[data-category]");
  if (copy) copyPackage(copy);
  if (tool) mark(tool);
  if (category) {
    document.getElementById("id_category").value = category.dataset.category;
    changed();
  }
});

for (const input of document.querySelectorAll("[data-counted]")) {
  count(input);
  echoTitle(input);
}
echoPrice();
