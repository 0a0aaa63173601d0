// The gallery of a gig. It works without this: the row of pictures scrolls and snaps, thumbnails
// lead to pictures, pictures to their large selves. Here come arrows, and a dialog to look closer.
// <section data-gallery><ol data-slides><li><a data-zoom>…, <button data-step="1">,
// <a data-thumb aria-current="true">, <dialog data-zoomed><img><p data-count>
const slidesOf = (gallery) => [...gallery.querySelectorAll("[data-slides] > li")];
const thumbsOf = (gallery) => [...gallery.querySelectorAll("[data-thumb]")];
const dialogOf = (gallery) => gallery.querySelector("[data-zoomed]");
const row = (gallery) => gallery.querySelector("[data-slides]");

/** Which picture stands on the stage. */
const place = (gallery) => Math.round(Math.abs(row(gallery).scrollLeft) / row(gallery).clientWidth);

function go(gallery, number) {
  const slides = slidesOf(gallery);
  const wanted = (number + slides.length) % slides.length;
  const distance = slides[wanted].offsetLeft - slides[0].offsetLeft;
  row(gallery).scrollTo({ left: distance });
  if (dialogOf(gallery).open) enlarge(gallery, wanted);
  return wanted;
}

function mark(gallery) {
  const now = place(gallery);
  thumbsOf(gallery).forEach((thumb, number) => {
    if (number === now) thumb.setAttribute("aria-current", "true");
    else thumb.removeAttribute("aria-current");
  });
  slidesOf(gallery).forEach((slide, number) => {
    const link = slide.querySelector("[data-zoom]");
    if (link) link.tabIndex = number === now ? 0 : -1;
  });
}

function enlarge(gallery, number) {
  const dialog = dialogOf(gallery);
  const slides = slidesOf(gallery);
  const small = slides[number].querySelector("img");
  const large = dialog.querySelector("img");
  large.src = slides[number].querySelector("[data-zoom]").href;
  large.alt = small.alt;
  large.hidden = false;
  dialog.dataset.number = number;
  dialog.querySelector("[data-count]").textContent = `${number + 1} / ${slides.length}`;
  if (!dialog.open) dialog.showModal();
}

const opensElsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.button;

document.addEventListener("click", (event) => {
  const gallery = event.target.closest("[data-gallery]");
  if (!gallery || opensElsewhere(event)) return;
  const dialog = dialogOf(gallery);
  const step = event.target.closest("[data-step]");
  const thumb = event.target.closest("[data-thumb]");
  const picture = event.target.closest("[data-zoom]");
  if (step) {
    const from = dialog.open ? Number(dialog.dataset.number) : place(gallery);
    go(gallery, from + Number(step.dataset.step));
  } else if (thumb) {
    event.preventDefault();
    go(gallery, thumbsOf(gallery).indexOf(thumb));
  } else if (picture) {
    event.preventDefault();
    enlarge(gallery, slidesOf(gallery).indexOf(picture.closest("li")));
  } else if (event.target === dialog) {
    dialog.close();
  }
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const gallery = event.target.closest?.("[data-gallery]");
  if (!step || !gallery || thumbsOf(gallery).length === 0) return;
  event.preventDefault();
  const dialog = dialogOf(gallery);
  const wanted = go(gallery, (dialog.open ? Number(dialog.dataset.number) : place(gallery)) + step);
  if (dialog.open) return;
  const followers = event.target.closest("[data-thumb]")
    ? thumbsOf(gallery)
    : slidesOf(gallery).map((slide) => slide.querySelector("[data-zoom]"));
  if (event.target.closest("[data-thumb], [data-zoom]")) followers[wanted].focus({ preventScroll: true });
});

// A finger that moves sideways over the large picture turns the page, as it does on the stage.
const SWIPE = 40;
let touched = null;

document.addEventListener(
  "touchstart",
  ({ target, touches }) => {
    const isAlone = touches.length === 1 && target.closest?.("[data-zoomed]");
    touched = isAlone ? touches[0] : null;
  },
  { passive: true },
);

document.addEventListener("touchend", ({ target, changedTouches }) => {
  if (!touched) return;
  const [{ clientX, clientY }] = changedTouches;
  const [across, down] = [clientX - touched.clientX, clientY - touched.clientY];
  touched = null;
  const gallery = target.closest("[data-gallery]");
  if (Math.abs(across) < SWIPE || Math.abs(across) < 2 * Math.abs(down)) return;
  go(gallery, Number(dialogOf(gallery).dataset.number) - Math.sign(across));
});

// Scrolling does not bubble, but it is captured.
document.addEventListener(
  "scroll",
  (event) => {
    const gallery = event.target.closest?.("[data-gallery]");
    if (gallery) mark(gallery);
  },
  { capture: true, passive: true },
);

document.querySelectorAll("[data-gallery]").forEach(mark);
