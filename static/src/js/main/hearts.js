// A heart is pressed at once; the server's answer redraws it, and a failure takes it back.
const heartOf = (event) => event.detail.ctx.sourceElement?.closest?.("[data-heart]");

function press(heart, pressed) {
  for (const same of document.querySelectorAll(`[data-heart="${heart.dataset.heart}"]`)) {
    same.setAttribute("aria-pressed", String(pressed));
  }
}

const isPressed = (heart) => heart.getAttribute("aria-pressed") === "true";

document.addEventListener("htmx:before:request", (event) => {
  const heart = heartOf(event);
  if (heart) press(heart, !isPressed(heart));
});

for (const failure of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(failure, (event) => {
    const heart = event.detail.ctx && heartOf(event);
    // A refusal brings the heart along as it is.
    if (heart && event.detail.ctx.response?.status !== 422) press(heart, !isPressed(heart));
  });
}
