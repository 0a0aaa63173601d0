// Shows what each side gets while an amount is typed, and gives the amount a slider.
// <div data-split data-most="10000" data-currency="usd"> with the field "amount" and a
// [data-sentence] that has %SELLER% and %BUYER%. What counts is what the server says.
import { currency, typed } from "./shared/amounts.js";

/** The typed amount in minor units; nothing if it is none, or not within the price. */
function amountIn(box, scale, most) {
  const amount = Math.round(typed(box.querySelector("[name=amount]").value, box.dataset.currency) * scale);
  return amount > 0 && amount <= most ? amount : null;
}

function tell(box) {
  const { format, scale } = currency(box.dataset.currency);
  const most = Number(box.dataset.most);
  const amount = amountIn(box, scale, most);
  const words = box.querySelector("[data-sentence]");
  words.hidden = amount === null;
  if (amount === null) return;
  words.textContent = words.dataset.sentence
    .replace("%SELLER%", format.format((most - amount) / scale))
    .replace("%BUYER%", format.format(amount / scale));
  box.querySelector("[type=range]").value = amount;
}

function slider(box) {
  const field = box.querySelector("[name=amount]");
  const { scale } = currency(box.dataset.currency);
  const range = Object.assign(document.createElement("input"), {
    type: "range", className: "mt-3 h-6 w-full accent-primary", min: 1, max: box.dataset.most, step: 1,
  });
  range.setAttribute("aria-label", field.labels[0].textContent.trim());
  range.addEventListener("input", () => {
    // By hand nobody means the cent: whole units, but for the two ends.
    const whole = Math.round(range.value / scale) * scale;
    const amount = range.value === range.max ? Number(range.max) : Math.max(whole, 1);
    field.value = (amount / scale).toFixed(scale > 1 ? 2 : 0);
    tell(box);
  });
  field.after(range);
  field.addEventListener("input", () => tell(box));
  tell(box);
}

for (const box of document.querySelectorAll("[data-split]")) slider(box);
