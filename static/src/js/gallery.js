// The gallery of a gig: a thumbnail is a link to its large picture; here it swaps the stage instead.
// <div data-gallery><img data-stage>… <a href="large" data-thumb data-alt="…" aria-current="true">
const thumbsOf = (gallery) => [...gallery.querySelectorAll("[data-thumb]")];

function show(gallery, thumb) {
  const stage = gallery.querySelector("[data-stage]");
  stage.removeAttribute("srcset");
  stage.src = thumb.href;
  stage.alt = thumb.dataset.alt ?? thumb.querySelector("img").alt;
  for (const other of thumbsOf(gallery)) other.removeAttribute("aria-current");
  thumb.setAttribute("aria-current", "true");
}

const opensElsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.button;

document.addEventListener("click", (event) => {
  const thumb = event.target.closest("[data-thumb]");
  if (!thumb || opensElsewhere(event)) return;
  event.preventDefault();
  show(thumb.closest("[data-gallery]"), thumb);
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const gallery = event.target.closest("[data-gallery]");
  if (!step || !gallery) return;
  const thumbs = thumbsOf(gallery);
  const now = thumbs.findIndex((thumb) => thumb.hasAttribute("aria-current"));
  const next = thumbs[(now + step + thumbs.length) % thumbs.length];
  if (!next) return;
  event.preventDefault();
  next.focus();
  show(gallery, next);
});
