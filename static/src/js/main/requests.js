// What people notice of an htmx request: a bar when it takes long, words when it fails, the focus.
import { phrase, say } from "./toasts.js";

const PATIENCE = 200;
const bar = () => document.getElementById("loading-bar");
let running = 0;
let timer = 0;

function began() {
  running += 1;
  if (running === 1) timer = setTimeout(() => bar().setAttribute("data-on", ""), PATIENCE);
}

function ended() {
  running = Math.max(0, running - 1);
  if (running) return;
  clearTimeout(timer);
  bar().removeAttribute("data-on");
}

// 422 and 409 come with a page of their own, which is swapped in and explains itself.
const EXPLAINED = new Set([409, 422]);

function onRefusal(event) {
  const status = event.detail.ctx.response.status;
  if (status === 401) location.reload();
  else if (!EXPLAINED.has(status)) say(phrase(status === 429 ? "busy" : "failed"));
}

function onFailure(event) {
  if (!event.detail.ctx) return;
  say(phrase(navigator.onLine ? "failed" : "offline"));
}

// By the time of the swap the link that was followed may be gone, so its wish is noted before.
const wantsHeading = new WeakSet();
const wantsCard = new WeakMap();

function noteWish(event) {
  const { ctx } = event.detail;
  const { focusHeading, focusMore } = ctx.sourceElement?.dataset ?? {};
  if (focusHeading !== undefined) wantsHeading.add(ctx);
  if (focusMore !== undefined) wantsCard.set(ctx, Number(focusMore));
}

function moveFocus(event) {
  const { ctx } = event.detail;
  const area = document.getElementById(ctx.target?.id) ?? document.getElementById("main");
  const summary = area.querySelector("[data-error-summary]");
  if (summary && ctx.response?.status === 422) {
    summary.focus();
  } else if (wantsCard.has(ctx)) {
    area.querySelectorAll(".gig-link")[wantsCard.get(ctx)]?.focus({ preventScroll: true });
  } else if (wantsHeading.has(ctx)) {
    const heading = area.querySelector("h1") ?? area.querySelector("h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }
}

document.addEventListener("htmx:before:request", noteWish);
document.addEventListener("htmx:before:request", began);
document.addEventListener("htmx:finally:request", ended);
document.addEventListener("htmx:response:error", onRefusal);
document.addEventListener("htmx:error", onFailure);
document.addEventListener("htmx:after:swap", moveFocus);
