// A form that met the end of a session: what was typed is there again after the login.
//
// Each form that is sent leaves a copy in this tab. Where the next page is the login, the
// copy waits; where it is any other, all went well and the copy is thrown away.
import { phrase, say } from "./toasts.js";

const DRAFT = "draft";
const LOGIN = "/accounts/";
// Secrets, choices that are made anew, and what the page itself put in, are not kept.
const KEPT = "textarea, select, input:not([type=hidden], [type=password], [type=file], [autocomplete^=cc-])";

const isLogin = () => location.pathname.startsWith(LOGIN);
const addressOf = (form) => new URL(form.action, location.href).pathname;
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches(KEPT));

function keep(form) {
  if (form.method !== "post" || isLogin()) return;
  const fields = fieldsOf(form).map(({ name, value, type, checked }) => ({ name, value, type, checked }));
  if (!fields.some((field) => field.value)) return;
  const draft = { path: location.pathname, address: addressOf(form), fields };
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify(draft));
  } catch {
    // No room or no permission: then there is no copy, and nothing else is different.
  }
}

function fill(form, kept) {
  const fields = fieldsOf(form);
  for (const { name, value, type, checked } of kept) {
    const choices = fields.filter((field) => field.name === name);
    const isChoice = type === "checkbox" || type === "radio";
    const field = isChoice ? choices.find((choice) => choice.value === value) : choices[0];
    if (!field) continue;
    if (isChoice) field.checked = checked;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function arrive() {
  const text = sessionStorage.getItem(DRAFT);
  if (!text) return;
  const draft = JSON.parse(text);
  if (isLogin()) {
    sessionStorage.setItem(DRAFT, JSON.stringify({ ...draft, interrupted: true }));
    return;
  }
  sessionStorage.removeItem(DRAFT);
  if (!draft.interrupted || draft.path !== location.pathname) return;
  const form = [...document.forms].find((each) => addressOf(each) === draft.address);
  if (!form) return;
  fill(form, draft.fields);
  say(phrase("draft"));
}

document.addEventListener("submit", (event) => keep(event.target), true);
document.addEventListener("htmx:before:request", (event) => {
  const form = event.detail.ctx.sourceElement?.closest?.("form");
  if (form) keep(form);
});
// An answer that leads away by itself is the login; after any other the page goes on.
document.addEventListener("htmx:after:request", (event) => {
  const headers = event.detail.ctx.response?.headers;
  if (headers && !isLogin() && !headers.get("HX-Redirect")) sessionStorage.removeItem(DRAFT);
});
addEventListener("pageshow", arrive);
