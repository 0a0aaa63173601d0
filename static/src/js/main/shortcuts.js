// "?" lists the shortcuts; "g" and a letter go where the list says. Never while somebody types.
const WAIT = 1000;
let leader = 0;

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || hasModifier(event) || isTyping(event.target)) return;
  const list = document.getElementById("shortcuts");
  if (!list) return;
  if (event.key === "?") {
    event.preventDefault();
    if (list.open) list.close();
    else list.showModal();
  } else if (event.key === "g") {
    leader = event.timeStamp;
  } else if (leader && event.timeStamp - leader < WAIT) {
    leader = 0;
    const way = list.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (way) location.assign(way.href);
  }
});

// A click beside an open window closes it, as Escape does.
document.addEventListener("click", (event) => {
  if (event.target.matches?.("dialog.dialog[open]")) event.target.close();
});
