// The search field as a combobox: proposals while somebody types, recent searches while they do not.
// It is a plain form without this. Listeners sit on the document, so that no swap loses them.
const DELAY = 150;
const RECENT = "recent-searches";
const MOST_RECENT = 5;

let timer = 0;
let asking = null;

const partsOf = (element) => {
  const form = element.closest("[data-search]");
  return {
    form,
    field: form.elements.q,
    list: form.querySelector("[role=listbox]"),
    status: form.querySelector("[role=status]"),
  };
};
const options = (list) => [...list.querySelectorAll("[role=option]")];
const isField = (target) => target instanceof HTMLInputElement && target.matches("[data-search] input[name=q]");

function become({ field, list }) {
  if (field.getAttribute("role") === "combobox") return;
  field.type = "text";
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
  })) field.setAttribute(name, value);
}

function show({ field, list }, isOpen) {
  list.hidden = !isOpen;
  field.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) unmark(field, list);
}

function unmark(field, list) {
  field.removeAttribute("aria-activedescendant");
  for (const option of options(list)) option.setAttribute("aria-selected", "false");
}

function mark(parts, step) {
  const { field, list } = parts;
  const all = options(list);
  if (!all.length) return;
  const now = all.findIndex((option) => option.id === field.getAttribute("aria-activedescendant"));
  const next = now < 0 && step < 0 ? all.length - 1 : (now + step + all.length) % all.length;
  unmark(field, list);
  all[next].setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", all[next].id);
}

function announce({ list, status }) {
  const count = options(list).length;
  const { one, many, none } = status.dataset;
  status.textContent = count === 1 ? one : count ? many.replace("{n}", count) : none;
}

// --- Recent searches: in this browser alone -----------------------------------

function recent() {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return [];
  }
}

function remember(searches) {
  try {
    localStorage.setItem(RECENT, JSON.stringify(searches.slice(0, MOST_RECENT)));
  } catch {
    // Storage is full or forbidden: then nothing is remembered.
  }
}

function showRecent(parts) {
  const { form, list } = parts;
  const searches = recent();
  list.replaceChildren();
  if (!searches.length) return show(parts, false);
  const head = document.createElement("p");
  head.className = "combo-head";
  head.setAttribute("role", "presentation");
  head.textContent = list.dataset.recent;
  list.append(head);
  searches.forEach((text, place) => {
    const row = document.createElement("a");
    row.className = "drop-item";
    row.id = `search-recent-${place}`;
    row.tabIndex = -1;
    row.href = `${form.action}?q=${encodeURIComponent(text)}`;
    row.dataset.value = text;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    const words = document.createElement("span");
    words.className = "min-w-0 truncate";
    words.textContent = text;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.tabIndex = -1;
    remove.className = "combo-remove";
    remove.dataset.forget = text;
    remove.setAttribute("aria-label", `${list.dataset.remove}: ${text}`);
    remove.textContent = "×";
    row.append(words);
    const line = document.createElement("div");
    line.className = "combo-line";
    line.setAttribute("role", "presentation");
    line.append(row, remove);
    list.append(line);
  });
  show(parts, true);
}

// --- Proposals ----------------------------------------------------------------

async function propose(parts) {
  const { form, field, list } = parts;
  const typed = field.value.trim();
  asking?.abort();
  if (!typed) return showRecent(parts);
  if (typed.length < 2) return show(parts, false);
  asking = new AbortController();
  try {
    const answer = await fetch(`${form.dataset.search}?q=${encodeURIComponent(typed)}`, {
      headers: { "HX-Request": "true", "HX-Request-Type": "partial" },
      signal: asking.signal,
    });
    if (!answer.ok) return;
    const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (document.activeElement !== field) return;
    list.replaceChildren(...fragment.body.children);
  } catch {
    return; // a newer request, or no network: the form works all the same
  }
  announce(parts);
  show(parts, options(list).length > 0);
}

document.addEventListener("focusin", (event) => {
  if (!isField(event.target)) return;
  const parts = partsOf(event.target);
  become(parts);
  if (!event.target.value) showRecent(parts);
});

document.addEventListener("input", (event) => {
  if (!isField(event.target)) return;
  clearTimeout(timer);
  timer = setTimeout(propose, DELAY, partsOf(event.target));
});

document.addEventListener("keydown", (event) => {
  if (!isField(event.target) || event.isComposing) return;
  const parts = partsOf(event.target);
  const { field, list } = parts;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden && options(list).length) show(parts, true);
    mark(parts, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && !list.hidden) {
    const chosen = document.getElementById(field.getAttribute("aria-activedescendant"));
    if (!chosen) return;
    event.preventDefault();
    choose(parts, chosen);
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (list.hidden) field.value = "";
    show(parts, false);
  } else if (event.key === "Tab") {
    show(parts, false);
  } else if (event.key === "Delete" && event.shiftKey) {
    const chosen = document.getElementById(field.getAttribute("aria-activedescendant"));
    const forget = chosen?.parentElement.querySelector("[data-forget]");
    if (!forget) return;
    event.preventDefault();
    forgetSearch(parts, forget.dataset.forget);
  }
});

function choose({ form, field }, option) {
  if (option.dataset.value === undefined) {
    location.assign(option.href);
    return;
  }
  field.value = option.dataset.value;
  form.requestSubmit();
}

function forgetSearch(parts, text) {
  remember(recent().filter((each) => each !== text));
  showRecent(parts);
  parts.field.focus();
}

document.addEventListener("click", (event) => {
  const forget = event.target.closest?.("[data-search] [data-forget]");
  if (forget) {
    event.preventDefault();
    forgetSearch(partsOf(forget), forget.dataset.forget);
    return;
  }
  const option = event.target.closest?.("[data-search] [role=option]");
  if (option?.dataset.value === undefined || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  choose(partsOf(option), option);
});

// A press on the list must not take the focus from the field; the keyboard's mark stays where it is.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest?.("[data-search] [role=listbox]")) event.preventDefault();
});

document.addEventListener("focusout", (event) => {
  if (!isField(event.target)) return;
  clearTimeout(timer);
  show(partsOf(event.target), false);
});

document.addEventListener("submit", (event) => {
  const field = event.target.closest("[role=search]")?.elements.q;
  const text = field?.value.trim();
  if (text) remember([text, ...recent().filter((each) => each !== text)]);
});
