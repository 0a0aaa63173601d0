// Tags as tokens over the plain field, which keeps the words parted by commas: Enter or a comma
// makes a token, Backspace takes the last one back, the arrows walk among them, Delete removes.
const plain = document.querySelector("[data-tags]");

const wordsOf = (text) => [
  ...new Set(
    text
      .split(",")
      .map((word) => word.trim().replace(/\s+/g, " ").toLowerCase())
      .filter(Boolean),
  ),
];

function build() {
  const most = Number(plain.dataset.tags);
  const shell = document.createElement("div");
  const input = plain.cloneNode();
  const words = () => wordsOf(plain.value);
  shell.className = "tokens";
  for (const name of ["name", "value", "data-tags", "data-say-remove"]) input.removeAttribute(name);
  input.className = "";
  input.value = "";
  plain.id = `${input.id}_words`;
  plain.type = "hidden";
  plain.after(shell);
  shell.append(input);

  function draw() {
    for (const token of shell.querySelectorAll(".token")) token.remove();
    for (const word of words()) {
      const token = document.createElement("button");
      token.type = "button";
      token.className = "token";
      token.dataset.word = word;
      token.textContent = `${word} ×`;
      token.setAttribute("aria-label", plain.dataset.sayRemove.replace("{word}", word));
      input.before(token);
    }
    input.hidden = words().length >= most;
  }

  function set(next) {
    plain.value = next.slice(0, most).join(", ");
    draw();
    plain.form.dispatchEvent(new Event("keep"));
  }

  function take() {
    const typed = wordsOf(input.value);
    if (!typed.length) return;
    input.value = "";
    set([...new Set([...words(), ...typed])]);
    if (input.hidden) shell.querySelector(".token:last-of-type").focus();
  }

  function remove(word) {
    const place = words().indexOf(word);
    set(words().filter((each) => each !== word));
    (shell.querySelectorAll(".token")[place] ?? input).focus();
  }

  shell.addEventListener("click", ({ target }) => {
    const token = target.closest(".token");
    if (token) remove(token.dataset.word);
    else input.focus();
  });

  shell.addEventListener("keydown", (event) => {
    const token = event.target.closest(".token");
    if (token && ["Delete", "Backspace"].includes(event.key)) {
      event.preventDefault();
      remove(token.dataset.word);
    } else if (event.target === input && ["Enter", ","].includes(event.key)) {
      if (event.key === "Enter" && !input.value.trim()) return;
      event.preventDefault();
      take();
    } else if (event.target === input && event.key === "Backspace" && !input.value) {
      set(words().slice(0, -1));
    } else if (["ArrowLeft", "ArrowRight"].includes(event.key)) {
      if (event.target === input && (event.key === "ArrowRight" || input.selectionStart)) return;
      const stops = [...shell.querySelectorAll(".token"), input].filter((stop) => !stop.hidden);
      const next = stops[stops.indexOf(event.target) + (event.key === "ArrowLeft" ? -1 : 1)];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });

  input.addEventListener("focusout", take);
  // What is half typed is sent as well; typing it is not news for anybody yet.
  input.addEventListener("input", (event) => {
    if (input.value.includes(",")) take();
    event.stopPropagation();
  });
  plain.form.addEventListener("submit", take, true);
  document.addEventListener("draft", draw);
  draw();
}

if (plain) build();
