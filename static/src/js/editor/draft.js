// What is typed survives a lost session, a crash and a closed lid: this tab remembers it until the
// server says that it is kept, and puts it back when the same step is opened again.
import { restoreRows } from "./rows.js";

const PREFIX = "gig-step:";
const PRIVATE = new Set(["csrfmiddlewaretoken", "key", "then"]);
const form = document.getElementById("gigs-editor");
const name = PREFIX + location.pathname;
let newest = 0;

const typed = () =>
  [...new FormData(form)].filter(([key, value]) => !PRIVATE.has(key) && typeof value === "string");

const written = () => JSON.stringify(typed());

function remember() {
  newest += 1;
  sessionStorage.setItem(name, written());
}

function putBack() {
  const kept = sessionStorage.getItem(name);
  if (!kept || kept === written()) {
    sessionStorage.removeItem(name);
    return;
  }
  const values = new Map(JSON.parse(kept));
  restoreRows(values);
  for (const field of form.elements) {
    if (!field.name || PRIVATE.has(field.name) || field.type === "file") continue;
    if (field.type === "checkbox") field.checked = values.has(field.name);
    else if (values.has(field.name)) field.value = values.get(field.name);
  }
  form.dispatchEvent(new Event("draft", { bubbles: true }));
  for (const field of form.querySelectorAll("[data-counted], [data-earning]")) {
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.dispatchEvent(new Event("keep"));
}

if (form) {
  // A refused form comes back with what was typed; only a page that was opened may lack something.
  if (document.querySelector("[data-error-summary]")) sessionStorage.removeItem(name);
  else putBack();
  form.addEventListener("input", remember);
  form.addEventListener("keep", remember);
}

const asked = new WeakMap();

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  // What is being saved must not be kept as unsaved a moment later.
  if (ctx.sourceElement?.id === "gigs-kept" && "sending" in form.dataset) event.preventDefault();
  asked.set(ctx, newest);
});

document.addEventListener("htmx:after:swap", ({ detail }) => {
  // What the answer says counts: after a lost session the page still shows an older one.
  const isKept = detail.ctx.text?.includes("data-kept");
  if (isKept && asked.get(detail.ctx) === newest) sessionStorage.removeItem(name);
});
