// Files of a message: chosen, dropped or pasted, judged here before they are sent, each with its
// own bar. The server judges again; what it has kept waits in the composer for its message.
import { parse, post, token } from "../live.js";

const root = document.querySelector("[data-talk]");
const list = root.querySelector("[data-waiting]");
const field = root.querySelector("input[type=file]");
const template = root.querySelector("[data-upload]");
const MOST = 10;
const running = new Set();

/** How many files wait to be sent. */
export const waiting = () => list.querySelectorAll("[name=attachments]").length;

/** Wait for what is being uploaded. */
export const uploading = () => Promise.all(running);

function fail(row, words) {
  const why = row.querySelector("[data-why]");
  row.querySelector("progress").hidden = true;
  why.textContent = words || why.dataset.otherwise;
  why.hidden = false;
}

function complaint(file, { dataset }) {
  const kinds = field.accept.split(",");
  if (list.children.length > MOST) return dataset.many;
  if (file.size > Number(field.dataset.maxBytes)) return dataset.large;
  return kinds.some((kind) => file.name.toLowerCase().endsWith(kind)) ? "" : dataset.kind;
}

function upload(file, row) {
  const request = new XMLHttpRequest();
  const data = new FormData();
  data.append("file", file);
  row.querySelector("[data-cancel]").addEventListener("click", () => request.abort());
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    row.querySelector("progress").value = (loaded / total) * 100;
  });
  request.addEventListener("load", () => {
    if (request.status === 201) row.replaceWith(parse(request.response).querySelector("[data-file]"));
    else fail(row, request.status === 422 || request.status === 503 ? request.response : "");
  });
  request.addEventListener("error", () => fail(row));
  request.open("POST", `${root.dataset.talk}upload/`);
  request.setRequestHeader("X-CSRFToken", token());
  request.setRequestHeader("HX-Request", "true");
  const ended = new Promise((done) => request.addEventListener("loadend", done));
  running.add(ended);
  ended.then(() => running.delete(ended));
  request.send(data);
}

function take(files) {
  for (const file of files) {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-cancel]").addEventListener("click", () => row.remove());
    list.append(row);
    const words = complaint(file, row.querySelector("[data-why]"));
    if (words) fail(row, words);
    else upload(file, row);
  }
}

field.addEventListener("change", () => {
  take(field.files);
  field.value = "";
});
root.addEventListener("dragover", (event) => event.preventDefault());
root.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer.files);
});
root.addEventListener("paste", (event) => {
  if (!event.clipboardData.files.length) return;
  event.preventDefault();
  take(event.clipboardData.files);
});
list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-discard]");
  if (!button) return;
  event.preventDefault();
  post(button.formAction, {});
  button.closest("[data-file]").remove();
});
