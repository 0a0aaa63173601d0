// A form is sent once: its button shows progress until the page changes or the answer is here.
const SPINNER = "spinner";
const SUBMITTED = "submitted";
const BUSY = "busy";

const buttonOf = (form, submitter) =>
  submitter ?? form.querySelector("button:not([type=button]), input[type=submit]");

export function busy(form, submitter) {
  form.dataset.sending = BUSY;
  const button = buttonOf(form, submitter);
  if (!button) return;
  button.setAttribute("aria-disabled", "true");
  if (!button.classList.contains("btn") || button.querySelector(`.${SPINNER}`)) return;
  const spinner = document.createElement("span");
  spinner.className = SPINNER;
  spinner.setAttribute("aria-hidden", "true");
  button.prepend(spinner);
}

export function ready(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-disabled=true]")) {
    button.removeAttribute("aria-disabled");
    button.querySelector(`.${SPINNER}`)?.remove();
  }
}

function onSubmit(event) {
  const form = event.target;
  if (form.method !== "post" || "download" in form.dataset) return;
  if ("sending" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = SUBMITTED;
  // Later, so that the button's name is still sent, and it is known whether another module refused.
  setTimeout(() => {
    if (!event.defaultPrevented || handledByHtmx(form)) busy(form, event.submitter);
    else if (form.dataset.sending === SUBMITTED) ready(form);
  });
}

const handledByHtmx = (form) => form.matches("[hx-post], [hx-put], [hx-delete], [hx-boost]");

// In the capture phase, so that a second submit never reaches htmx.
document.addEventListener("submit", onSubmit, true);

document.addEventListener("htmx:finally:request", (event) => {
  const form = event.detail.ctx.sourceElement?.closest?.("form");
  if (form) ready(form);
});

// Back may restore the page as it was left, button and all.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(ready);
});
