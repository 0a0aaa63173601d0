// The links of an error summary go to their field, or to the first one of a group. The address
// keeps no fragment of it: after the next refusal that would take the focus from the summary.
const FIELD = "input:not([type=hidden]), select, textarea";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-error-summary] a[href^='#']");
  const place = link && document.getElementById(link.hash.slice(1));
  const field = place?.matches(FIELD) ? place : place?.querySelector(FIELD);
  if (!field) return;
  event.preventDefault();
  field.focus();
});
