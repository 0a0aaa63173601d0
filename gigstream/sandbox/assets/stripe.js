/**
 * Stands in for js.stripe.com/v3 with the same calls, so that our checkout page
 * differs only in the address of this script. The card form is drawn into the
 * page itself, in the page's own classes.
 */
(() => {
  const BASE = document.currentScript.src.replace(/\/v3\/stripe\.js.*$/, "");

  const FIELDS = [
    { name: "number", label: "Card number", autocomplete: "cc-number", placeholder: "1234 1234 1234 1234" },
    { name: "expiry", label: "Expiry", autocomplete: "cc-exp", placeholder: "MM / YY" },
    { name: "cvc", label: "CVC", autocomplete: "cc-csc", placeholder: "123" },
  ];

  const FORMATS = {
    number: (digits) => digits.slice(0, 19).replace(/(.{4})(?=.)/g, "$1 "),
    expiry: (digits) => {
      const padded = /^[2-9]/.test(digits) ? `0${digits}` : digits;
      return padded.slice(0, 4).replace(/^(..)(?=.)/, "$1 / ");
    },
    cvc: (digits) => digits.slice(0, 4),
  };

  const CHECKS = {
    number(digits) {
      if (digits.length < 13) return ["incomplete_number", "Your card number is incomplete."];
      if (!passesLuhn(digits)) return ["invalid_number", "Your card number is invalid."];
    },
    expiry(digits) {
      if (digits.length < 4) return ["incomplete_expiry", "Your card's expiration date is incomplete."];
      const month = Number(digits.slice(0, 2));
      const firstInvalidDay = new Date(2000 + Number(digits.slice(2)), month, 1);
      if (month < 1 || month > 12) return ["invalid_expiry_month", "Your card's expiration month is invalid."];
      if (firstInvalidDay <= new Date()) return ["invalid_expiry_year_past", "Your card's expiration year is in the past."];
    },
    cvc(digits) {
      if (digits.length < 3) return ["incomplete_cvc", "Your card's security code is incomplete."];
    },
  };

  const FIELD_OF_CODE = {
    incorrect_number: "number", invalid_expiry_month: "expiry", invalid_expiry_year: "expiry",
    expired_card: "expiry", invalid_cvc: "cvc", incorrect_cvc: "cvc",
  };

  const digitsOf = (text) => text.replace(/\D/g, "");

  function passesLuhn(digits) {
    const weighed = [...digits].reverse().map((digit, place) => {
      const value = Number(digit) * (place % 2 ? 2 : 1);
      return value > 9 ? value - 9 : value;
    });
    return weighed.reduce((sum, value) => sum + value, 0) % 10 === 0;
  }

  function make(tag, properties = {}, children = []) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in element) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  async function call(method, path, params) {
    const query = new URLSearchParams(params);
    const init = method === "POST" ? { method, body: query } : {};
    try {
      const response = await fetch(BASE + path + (method === "GET" ? `?${query}` : ""), init);
      const body = await response.json();
      if (body.error) return { error: body.error };
      return body.object === "setup_intent" ? { setupIntent: body } : { paymentIntent: body };
    } catch {
      return { error: { type: "api_connection_error", message: "We could not reach the payment service. Please try again." } };
    }
  }

  /** The card form. */
  class PaymentElement {
    #handlers = {};
    #inputs = {};
    #errors = {};
    #root = null;

    mount(target) {
      const parent = typeof target === "string" ? document.querySelector(target) : target;
      const pair = make("div", { className: "grid grid-cols-2 gap-4" }, [this.#field(FIELDS[1]), this.#field(FIELDS[2])]);
      this.#root = make("fieldset", { className: "form" }, [
        make("legend", { className: "sr-only", textContent: "Card" }), this.#field(FIELDS[0]), pair,
      ]);
      parent.replaceChildren(this.#root);
      queueMicrotask(() => this.#tell("ready", { elementType: "payment" }));
      return this;
    }

    on(event, handler) {
      (this.#handlers[event] ??= []).push(handler);
      return this;
    }

    focus() { this.#inputs.number?.focus(); }
    clear() { for (const input of Object.values(this.#inputs)) input.value = ""; }
    update() {}
    unmount() { this.#root?.remove(); }
    destroy() { this.unmount(); }

    /** Name the first thing that is wrong, and point to it. */
    validate() {
      let first = null;
      for (const { name } of FIELDS) {
        const error = this.#check(name);
        if (error && !first) first = { name, error };
      }
      if (!first) return null;
      this.#inputs[first.name].focus();
      const [code, message] = first.error;
      return { type: "validation_error", code, message };
    }

    /** Point to the field that the bank complains about, if it is one. */
    point(error) {
      const name = FIELD_OF_CODE[error.code];
      if (!name) return;
      this.#show(name, error.message);
      this.#inputs[name].focus();
    }

    card() {
      const value = (name) => digitsOf(this.#inputs[name].value);
      return { number: value("number"), exp_month: value("expiry").slice(0, 2), exp_year: value("expiry").slice(2), cvc: value("cvc") };
    }

    #field({ name, label, autocomplete, placeholder }) {
      const id = `card-${name}`;
      const input = make("input", { id, className: "input w-full", inputMode: "numeric", autocomplete, placeholder, required: true });
      const error = make("p", { id: `${id}-error`, className: "field-error", hidden: true });
      input.setAttribute("aria-describedby", error.id);
      input.addEventListener("input", () => this.#typed(name));
      input.addEventListener("blur", (event) => {
        // A message that pops up under a click on the button would move the button away.
        if (input.value && event.relatedTarget instanceof HTMLInputElement) this.#check(name);
      });
      this.#inputs[name] = input;
      this.#errors[name] = error;
      return make("div", { className: "field" }, [make("label", { className: "field-label", htmlFor: id, textContent: label }), input, error]);
    }

    #typed(name) {
      const input = this.#inputs[name];
      const before = digitsOf(input.value.slice(0, input.selectionStart)).length;
      const atEnd = input.selectionStart === input.value.length;
      input.value = FORMATS[name](digitsOf(input.value));
      if (!atEnd) input.setSelectionRange(...caretAfter(input.value, before));
      this.#show(name, "");
      this.#tell("change", this.#state());
    }

    #check(name) {
      const error = CHECKS[name](digitsOf(this.#inputs[name].value));
      this.#show(name, error ? error[1] : "");
      return error;
    }

    #show(name, message) {
      const error = this.#errors[name];
      error.textContent = message;
      error.hidden = !message;
      if (message) this.#inputs[name].setAttribute("aria-invalid", "true");
      else this.#inputs[name].removeAttribute("aria-invalid");
    }

    #state() {
      const values = FIELDS.map(({ name }) => [name, digitsOf(this.#inputs[name].value)]);
      return {
        elementType: "payment",
        complete: values.every(([name, digits]) => !CHECKS[name](digits)),
        empty: values.every(([, digits]) => !digits),
        value: { type: "card" },
      };
    }

    #tell(event, detail) {
      for (const handler of this.#handlers[event] ?? []) handler(detail);
    }
  }

  function caretAfter(text, digits) {
    let place = 0;
    for (let seen = 0; place < text.length && seen < digits; place += 1) seen += /\d/.test(text[place]);
    return [place, place];
  }

  /** Ask as the buyer's bank would; leaving the dialog is a refusal. */
  function challenge() {
    return new Promise((resolve) => {
      const button = (value, className) => make("button", { value, className, textContent: value });
      const heading = make("h2", { id: "challenge-title", className: "text-lg", textContent: "3-D Secure" });
      const form = make("form", { method: "dialog", className: "mt-4 flex justify-end gap-2" }, [
        button("Complete", "btn btn-primary"), button("Fail", "btn"),
      ]);
      const dialog = make("dialog", { className: "dialog", "aria-labelledby": heading.id }, [
        heading, make("p", { textContent: "Sandbox: your bank asks whether you approve this." }), form,
      ]);
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "Complete");
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  class Elements {
    #options;
    #payment = null;

    constructor(options) { this.#options = options; }
    get clientSecret() { return this.#options.clientSecret; }
    create() { return (this.#payment = new PaymentElement()); }
    getElement() { return this.#payment; }
    update(options) { Object.assign(this.#options, options); }

    async submit() {
      const error = this.#payment.validate();
      return error ? { error } : { selectedPaymentMethod: "card" };
    }
  }

  class StripeClient {
    #key;

    constructor(key) { this.#key = key; }
    elements(options = {}) { return new Elements(options); }

    async confirmPayment(options) { return this.#finish(options); }
    async confirmSetup(options) { return this.#finish(options); }

    async #finish({ elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret ?? elements.clientSecret;
      const payment = elements.getElement();
      const invalid = payment.validate();
      if (invalid) return { error: invalid };

      const result = await this.#confirm(secret, payment.card(), confirmParams.return_url ?? location.href);
      if (result.error) payment.point(result.error);
      if (result.error || redirect === "if_required") return result;
      location.assign(returnAddress(confirmParams.return_url, intentOf(result)));
      return new Promise(() => {}); // As with Stripe, nothing happens after leaving.
    }

    async retrievePaymentIntent(secret) {
      return this.#speak("GET", secret, "");
    }

    async retrieveSetupIntent(secret) {
      return this.#speak("GET", secret, "");
    }

    async #confirm(secret, card, returnUrl) {
      const params = { return_url: returnUrl, "payment_method_data[type]": "card" };
      for (const [name, value] of Object.entries(card)) params[`payment_method_data[card][${name}]`] = value;
      const result = await this.#speak("POST", secret, "/confirm", params);
      if (intentOf(result)?.status !== "requires_action") return result;

      const success = await challenge();
      const answer = await this.#speak("POST", secret, "/authenticate", { success });
      const failure = answer.paymentIntent?.last_payment_error ?? answer.setupIntent?.last_setup_error;
      return failure ? { error: failure } : answer;
    }

    #speak(method, secret, verb, params = {}) {
      const id = secret.split("_secret_")[0];
      const path = `/v1/${id.startsWith("seti_") ? "setup" : "payment"}_intents/${id}${verb}`;
      return call(method, path, { key: this.#key, client_secret: secret, ...params });
    }
  }

  const intentOf = (result) => result.paymentIntent ?? result.setupIntent;

  function returnAddress(returnUrl, intent) {
    const url = new URL(returnUrl, location.href);
    url.searchParams.set(intent.object, intent.id);
    url.searchParams.set(`${intent.object}_client_secret`, intent.client_secret);
    url.searchParams.set("redirect_status", intent.status);
    return url;
  }

  window.Stripe = (key) => new StripeClient(key);
  window.Stripe.version = "sandbox";
})();
