// Beside a password: show it, say when caps lock is on, and how far its length carries.
// <div class="password"><input><button data-reveal></div><p data-caps-hint hidden>
// <div data-strength data-least data-strong data-missing data-enough data-best><progress><output>
const fieldOf = (element) => element.closest(".field");

function reveal(button) {
  const input = button.closest(".password").querySelector("input");
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
}

function judge(input) {
  const meter = fieldOf(input)?.querySelector("[data-strength]");
  if (!meter) return;
  const { least, strong, missing, enough, best } = meter.dataset;
  const length = [...input.value].length;
  meter.hidden = !length;
  meter.querySelector("progress").value = length;
  const lacking = missing.replace("{count}", String(least - length));
  meter.querySelector("output").textContent =
    length < least ? lacking : length < strong ? enough : best;
}

const isPassword = (element) => element.matches?.(".password input");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (button) reveal(button);
});

document.addEventListener("input", (event) => {
  if (isPassword(event.target)) judge(event.target);
});

for (const kind of ["keydown", "keyup"]) {
  document.addEventListener(kind, (event) => {
    if (!isPassword(event.target) || !event.getModifierState) return;
    const hint = fieldOf(event.target)?.querySelector("[data-caps-hint]");
    if (hint) hint.hidden = !event.getModifierState("CapsLock");
  });
}

// What was shown is hidden before it is sent, so that no browser keeps it among typed texts.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-reveal][aria-pressed=true]")) {
    reveal(button);
  }
});

// After a refusal of the field by itself its meter is new, and the password is still there.
document.addEventListener("htmx:after:swap", () => {
  document.querySelectorAll(".password input").forEach(judge);
});
