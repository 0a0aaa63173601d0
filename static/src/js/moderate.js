// The desk of the moderators: a, r and e press its buttons; a ready reason comes into the field.
const form = document.querySelector("[data-moderate]");
const reason = form?.querySelector("[data-reason]");
const ready = form?.querySelector("[data-ready]");

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

// What somebody wrote stays; a ready reason gives way to another one. The focus stays, too:
// with arrows one comes from each to the next.
ready?.addEventListener("change", () => {
  const all = [...ready.options].map((option) => option.value);
  if (all.includes(reason.value.trim())) reason.value = ready.value;
});

document.addEventListener("keydown", (event) => {
  if (!form || event.defaultPrevented || hasModifier(event) || isTyping(event.target)) return;
  const button = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  if ("needsReason" in button.dataset && !reason.value.trim()) ready.focus();
  else form.requestSubmit(button);
});
