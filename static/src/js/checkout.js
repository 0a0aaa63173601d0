// Pays with Stripe's Payment Element, or only has a card kept (data-confirm="confirmSetup"). The page
// loads Stripe's script before this one, and has <form id="payment-form" data-publishable-key
// data-client-secret data-return-url data-refused, and data-keep-url or data-confirm> around
// <div id="payment-element"></div>, <div id="payment-error" role="alert"><span data-said></span></div>
// and the button; what failed before stands in #payment-failure until the next attempt.
import { busy, phrase, ready } from "./main.js";

function explain(text) {
  const problem = document.getElementById("payment-error");
  problem.querySelector("[data-said]").textContent = text;
  problem.hidden = !text;
}

/** What was typed wrong, Stripe's form has said beside it; of a refused card we say what it means. */
function reason(error, form) {
  if (error.type === "validation_error") return "";
  const text = error.message || phrase("cardFailed");
  return error.type === "card_error" ? `${text} ${form.dataset.refused}` : text;
}

function mount(form) {
  const stripe = window.Stripe(form.dataset.publishableKey, { locale: document.documentElement.lang });
  const elements = stripe.elements({ clientSecret: form.dataset.clientSecret });
  const element = elements.create("payment");
  element.on?.("loaderror", () => explain(phrase("cardMissing")));
  element.mount("#payment-element");
  return { stripe, elements };
}

/** Ask for the card to be kept. If that fails it is not kept; it pays all the same. */
async function keep(form, elements) {
  if (!form.elements.keep?.checked) return;
  const answer = await fetch(form.dataset.keepUrl, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (answer?.ok) await elements.fetchUpdates?.();
}

async function pay(form, { stripe, elements }) {
  await keep(form, elements);
  const { error } = await stripe[form.dataset.confirm ?? "confirmPayment"]({
    elements,
    confirmParams: { return_url: new URL(form.dataset.returnUrl, location.href).href },
    redirect: "if_required",
  });
  if (error) throw error;
  location.assign(form.dataset.returnUrl);
}

function listen(form, payment) {
  let paying = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (paying) return;
    paying = true;
    explain("");
    document.getElementById("payment-failure")?.remove();
    busy(form, event.submitter);
    try {
      await pay(form, payment);
    } catch (error) {
      explain(reason(error, form));
      ready(form);
      paying = false;
    }
  });
}

/** Begin once for each form: it may be on the page from the start, or arrive with a swap. */
function begin() {
  const form = document.getElementById("payment-form");
  if (!form || "begun" in form.dataset) return;
  form.dataset.begun = "";
  if (window.Stripe) listen(form, mount(form));
  else explain(phrase("cardMissing"));
}

document.addEventListener("htmx:after:swap", begin);
begin();
