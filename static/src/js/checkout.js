// Pays with Stripe's Payment Element. The page loads Stripe's script before this one, and has
// <form id="payment-form" data-publishable-key data-client-secret data-return-url> around
// <div id="payment-element"></div>, <div id="payment-error" role="alert"></div> and the button.
import { busy, ready } from "./forms.js";
import { phrase } from "./toasts.js";

const form = document.getElementById("payment-form");
const problem = document.getElementById("payment-error");

function explain(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

function mount() {
  const stripe = window.Stripe(form.dataset.publishableKey);
  const elements = stripe.elements({ clientSecret: form.dataset.clientSecret });
  const element = elements.create("payment");
  element.on?.("loaderror", () => explain(phrase("cardMissing")));
  element.mount("#payment-element");
  return { stripe, elements };
}

async function pay({ stripe, elements }) {
  const { error } = await stripe.confirmPayment({
    elements,
    confirmParams: { return_url: new URL(form.dataset.returnUrl, location.href).href },
    redirect: "if_required",
  });
  if (error) throw new Error(error.message || phrase("cardFailed"));
  location.assign(form.dataset.returnUrl);
}

async function onSubmit(event, payment) {
  event.preventDefault();
  event.stopPropagation();
  explain("");
  busy(form, event.submitter);
  try {
    await pay(payment);
  } catch (error) {
    explain(error.message || phrase("cardFailed"));
    ready(form);
  }
}

if (form) {
  if (window.Stripe) {
    const payment = mount();
    form.addEventListener("submit", (event) => onSubmit(event, payment), true);
  } else {
    explain(phrase("cardMissing"));
  }
}
