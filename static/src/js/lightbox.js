// Pictures that open large: <section data-lightbox> with links [data-light] and one <dialog>.
// The arrow keys and the buttons step through; Escape closes, and the focus goes back by itself.
const linksOf = (section) => [...section.querySelectorAll("[data-light]")];
const boxOf = (section) => section.querySelector("[data-light-box]");

function show(section, link) {
  const box = boxOf(section);
  const picture = box.querySelector("[data-light-picture]");
  const title = link.textContent.trim();
  picture.src = link.href;
  picture.alt = title;
  box.querySelector("h3").textContent = title;
  box.querySelector("[data-light-text]").textContent = link.dataset.text;
  box.dataset.at = linksOf(section).indexOf(link);
}

function step(section, by) {
  const links = linksOf(section);
  show(section, links[(Number(boxOf(section).dataset.at) + by + links.length) % links.length]);
}

const opensElsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.button;

document.addEventListener("click", (event) => {
  const section = event.target.closest("[data-lightbox]");
  if (!section) return;
  const link = event.target.closest("[data-light]");
  const stepper = event.target.closest("[data-light-step]");
  if (stepper) {
    step(section, Number(stepper.dataset.lightStep));
  } else if (link && !opensElsewhere(event)) {
    event.preventDefault();
    show(section, link);
    boxOf(section).showModal();
  } else if (event.target === boxOf(section)) {
    boxOf(section).close(); // a click beside the picture
  }
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const box = event.target.closest("dialog[data-light-box][open]");
  if (by && box) step(box.closest("[data-lightbox]"), by);
});
