// Counts the chosen extras into the price, the fee and the delivery date of each package, and
// shares the page. What counts in the end is what the server says at checkout.
// <form data-offer data-fee-bps data-currency data-zone> with radios and checkboxes that have
// data-price and data-days; [data-totals-of=tier] [data-fee] [data-total], [data-due-of=tier] …
import { currency } from "../shared/amounts.js";

const DAY = 24 * 3600 * 1000;
const language = document.documentElement.lang;

const chosen = (form) => [...form.querySelectorAll("[name=extra]:checked")];
const sum = (boxes, name) => boxes.reduce((so_far, box) => so_far + Number(box.dataset[name]), 0);
const fits = (box, tier) => Number(tier.dataset.days) + Number(box.dataset.days) >= 1;

function written(form, amount) {
  const { format, scale } = currency(form.dataset.currency);
  return format.format(amount / scale);
}

function date(form, moment) {
  const style = { weekday: "short", day: "numeric", month: "short", timeZone: form.dataset.zone };
  // English as the server has it, without commas; other languages by their own rules.
  if (!language.startsWith("en")) return new Intl.DateTimeFormat(language, style).format(moment);
  const parts = new Intl.DateTimeFormat(language, style).formatToParts(moment);
  const part = (type) => parts.find((each) => each.type === type).value;
  return `${part("weekday")} ${part("day")} ${part("month")}`;
}

const days = (number) =>
  new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" }).format(number);

function write(selector, text) {
  for (const place of document.querySelectorAll(selector)) place.textContent = text;
}

function count(form) {
  for (const tier of form.querySelectorAll("[name=package]")) {
    const extras = chosen(form).filter((box) => fits(box, tier));
    const price = Number(tier.dataset.price) + sum(extras, "price");
    const fee = Math.round((price * Number(form.dataset.feeBps)) / 10000);
    const later = sum(extras, "days");
    write(`[data-totals-of=${tier.value}] [data-fee]`, written(form, fee));
    write(`[data-totals-of=${tier.value}] [data-total]`, written(form, price + fee));
    write(`[data-due-of=${tier.value}]`, date(form, Number(tier.dataset.due) * 1000 + later * DAY));
    write(`[data-days-of=${tier.value}]`, days(Number(tier.dataset.days) + later));
  }
  // What does not go with the chosen package cannot be ticked beside it.
  const tier = form.querySelector("[name=package]:checked");
  for (const box of form.querySelectorAll("[name=extra]")) box.disabled = !fits(box, tier);
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-offer]")) count(form);
});

async function share(button) {
  const page = { title: document.title, url: button.dataset.share };
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    await navigator.share(page).catch(() => {});
    return;
  }
  await navigator.clipboard.writeText(page.url);
  const words = button.querySelector("[data-words]");
  const before = words.textContent;
  const said = button.parentElement.querySelector("[data-shared]");
  words.textContent = said.textContent = button.dataset.copied;
  setTimeout(() => {
    words.textContent = before;
    said.textContent = "";
  }, 2500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-share]");
  if (button && button.querySelector("[data-words]").textContent !== button.dataset.copied) share(button);
});

// Back may restore ticks that were made before.
addEventListener("pageshow", () => document.querySelectorAll("[data-offer]").forEach(count));
