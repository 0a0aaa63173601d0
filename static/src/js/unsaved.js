// <form data-guard>: once something is typed its buttons stay in sight, and leaving asks first.
const dirty = () => document.querySelector("form[data-guard][data-dirty]");

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) form.dataset.dirty = "";
});

document.addEventListener("submit", (event) => {
  delete event.target.dataset.dirty;
});

addEventListener("beforeunload", (event) => {
  if (dirty()) event.preventDefault();
});
