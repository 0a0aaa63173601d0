// Uploads with a progress bar: XMLHttpRequest, because fetch() does not tell how much was sent.
// <form data-upload><input type="file" accept data-max-bytes>
// <progress hidden max="100"></progress><output></output>. The server's answer is a whole page.
import { busy, keepToasts, phrase, ready, say } from "./main.js";

const matches = (file, pattern) => {
  const rule = pattern.trim().toLowerCase();
  if (rule.startsWith(".")) return file.name.toLowerCase().endsWith(rule);
  if (rule.endsWith("/*")) return file.type.startsWith(rule.slice(0, -1));
  return file.type === rule;
};

function complaint(input) {
  const limit = Number(input.dataset.maxBytes || Infinity);
  const kinds = input.accept ? input.accept.split(",") : [];
  for (const file of input.files) {
    if (file.size > limit) return `${file.name}: ${phrase("tooLarge")}`;
    if (kinds.length && !kinds.some((kind) => matches(file, kind))) {
      return `${file.name}: ${phrase("wrongKind")}`;
    }
  }
  return "";
}

/** Put the complaint at the field, where a screen reader finds it too; true if there is none. */
function check(input) {
  const text = complaint(input);
  const id = `${input.id}_refused`;
  let note = document.getElementById(id);
  if (text && !note) {
    note = document.createElement("p");
    note.id = id;
    note.className = "field-error";
    note.setAttribute("role", "alert");
    input.after(note);
  }
  if (note) note.textContent = text;
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  return !text;
}

function send(form, submitter) {
  const request = new XMLHttpRequest();
  const bar = form.querySelector("progress");
  const words = form.querySelector("output");
  if (bar) bar.hidden = false;
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const share = Math.round((event.loaded / event.total) * 100);
    if (bar) bar.value = share;
    if (words) words.textContent = `${share} %`;
  });
  request.addEventListener("load", () => arrived(form, request));
  request.addEventListener("error", () => failed(form));
  request.open("POST", submitter?.getAttribute("formaction") ?? form.action);
  request.send(new FormData(form, submitter));
}

/** Show what a plain submit would have shown: the page after the redirect, or the refusal. */
function arrived(form, request) {
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = answer.getElementById("main");
  if (request.status < 400) {
    keepToasts(answer);
    location.assign(request.responseURL);
  } else if ([409, 422].includes(request.status) && main) {
    document.getElementById("main").replaceWith(main);
    window.htmx?.process(main);
    main.querySelector("[data-error-summary]")?.focus();
  } else {
    failed(form);
  }
}

function failed(form) {
  ready(form);
  const bar = form.querySelector("progress");
  if (bar) bar.hidden = true;
  say(phrase("uploadFailed"));
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.("input[type=file]")) check(event.target);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]") || event.defaultPrevented) return;
  event.preventDefault();
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const wrong = inputs.filter((input) => !check(input));
  if (wrong.length) {
    wrong[0].focus();
    return;
  }
  busy(form, event.submitter);
  send(form, event.submitter);
});
