// The gig editor: says what is earned, shows one empty question at a time, warns before leaving.
let changed = false;

const dollars = (cents) =>
  (cents / 100).toLocaleString(document.documentElement.lang, {
    style: "currency",
    currency: "USD",
    currencyDisplay: document.documentElement.dataset.amounts ?? "symbol",
  });

function showEarning(input) {
  const note = document.querySelector(`[data-earning="${input.id}"]`);
  if (!note) return;
  const price = Math.round(Number(input.value.replace(/[\s$,]/g, "")) * 100);
  const fee = Math.floor((price * Number(note.dataset.commission) + 5000) / 10000);
  const words = note.dataset.words;
  note.textContent =
    price > 0
      ? words.replace("{earned}", dollars(price - fee)).replace("{price}", dollars(price))
      : "";
}

const isEmpty = (question) => !question.querySelector("input[type=text]").value;

function tidyQuestions() {
  const adder = document.querySelector("[data-add-question]");
  const empty = [...document.querySelectorAll("[data-question]")].filter(isEmpty);
  for (const question of empty) question.hidden = true;
  if (adder) adder.hidden = !empty.length;
}

document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add-question]");
  if (!adder) return;
  const [next, ...more] = document.querySelectorAll("[data-question][hidden]");
  adder.hidden = !more.length;
  next.hidden = false;
  next.querySelector("input[type=text]").focus();
});

document.addEventListener("input", (event) => {
  if (!event.target.closest("[data-editor]")) return;
  changed = true;
  showEarning(event.target);
});

document.addEventListener("submit", () => {
  changed = false;
});

addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

tidyQuestions();
