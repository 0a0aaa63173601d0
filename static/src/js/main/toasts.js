// Toasts leave after six seconds, but wait while somebody points at them or holds the focus there.
const STAY = 6000;
const timers = new WeakMap();

const region = () => document.getElementById("toasts");

/** What our modules say, in the language of the page: the template keeps the words. */
export const phrase = (name) => region().dataset[name];

const KEPT = "toasts";

function leaveLater(toast) {
  clearTimeout(timers.get(toast));
  timers.set(toast, setTimeout(() => toast.remove(), STAY));
}

const isWatched = (toast) => toast.matches(":hover, :focus-within");

function show(text) {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  toast.querySelector(".toast-text").textContent = text;
  region().append(toast);
  return toast;
}

export function say(text) {
  leaveLater(show(text));
}

/** A toast with a button, which stays until it is pressed or closed. */
export function offer(text, label, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
  button.className = "toast-undo";
  button.addEventListener("click", act, { once: true });
  const toast = show(text);
  toast.querySelector(".toast-text").after(button);
}

for (const arrived of ["pointerover", "focusin"]) {
  document.addEventListener(arrived, (event) => {
    const toast = event.target.closest?.("[data-toast]");
    if (toast) clearTimeout(timers.get(toast));
  });
}

for (const left of ["pointerout", "focusout"]) {
  document.addEventListener(left, (event) => {
    const toast = event.target.closest?.("[data-toast]");
    // After the event, so that :hover and :focus-within tell where things stand now.
    if (toast) setTimeout(() => isWatched(toast) || leaveLater(toast));
  });
}

document.addEventListener("click", (event) => {
  event.target.closest(".toast-close")?.closest("[data-toast]").remove();
});

// What can be taken back can be taken back once.
document.addEventListener("htmx:finally:request", (event) => {
  const source = event.detail.ctx.sourceElement;
  const toast = source?.closest?.("[data-toast]");
  if (!toast) return;
  toast.remove();
  // The focus goes back to what the toast was about.
  document.querySelector(`[data-heart="${source.dataset.of}"]`)?.focus();
});

// The server asks for a toast with the response header HX-Trigger: {"toast": {"text": "…"}}.
document.addEventListener("toast", (event) => say(event.detail.text));

/** Keep the toasts of a page that was fetched but never shown, for the next page to show. */
export function keepToasts(page) {
  const texts = [...page.querySelectorAll("#toasts .toast-text")].map((text) => text.textContent);
  sessionStorage.setItem(KEPT, JSON.stringify(texts));
}

function showKept() {
  const texts = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  sessionStorage.removeItem(KEPT);
  texts.forEach(say);
}

/** Start the clocks of the toasts that the server wrote. */
export function startClocks() {
  for (const toast of region().querySelectorAll("[data-toast]")) {
    if (!timers.has(toast)) leaveLater(toast);
  }
}

document.addEventListener("htmx:after:swap", startClocks);
startClocks();
showKept();
