// Pictures of a gig: chosen, dropped or pasted, judged and made smaller here, sent two at a time,
// each with its own bar. The server judges again; its answer is the gallery as it hangs now.
const zone = document.querySelector("[data-dropzone]");
const TYPES = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);
const AT_ONCE = 2;
const PARTIAL = { "HX-Request": "true", "HX-Request-Type": "partial" };
const waiting = [];
let running = 0;

const form = () => document.getElementById("gigs-editor");

class Unfit extends Error {}

async function open(file) {
  if (!TYPES.has(file.type)) throw new Unfit(zone.dataset.sayKind);
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Unfit(zone.dataset.sayBroken);
  }
  const { width, height } = picture;
  if (width < Number(zone.dataset.leastWidth) || height < Number(zone.dataset.leastHeight)) {
    throw new Unfit(zone.dataset.saySmall.replace("{width}", width).replace("{height}", height));
  }
  return picture;
}

/** The file itself, or a smaller one where it has more pixels than the site keeps. */
async function prepare(file, picture) {
  const side = Number(zone.dataset.keepSide);
  const scale = side / Math.max(picture.width, picture.height);
  const limit = Number(zone.dataset.mostBytes);
  if ((scale >= 1 && file.size <= limit) || file.type === "image/gif") {
    if (file.size > limit) throw new Unfit(zone.dataset.sayLarge);
    return file;
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * Math.min(scale, 1));
  canvas.height = Math.round(picture.height * Math.min(scale, 1));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  if (!blob || blob.size > limit) throw new Unfit(zone.dataset.sayLarge);
  return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
}

function drawSmall(canvas, picture) {
  const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}

function tell(upload, text, { wrong = false } = {}) {
  const said = upload.row.querySelector("[data-upload-said]");
  said.textContent = text;
  said.className = wrong ? "field-error" : "text-xs muted";
  zone.querySelector("[data-uploads-said]").textContent = `${upload.file.name}: ${text}`;
}

function fail(upload, text, { again = false } = {}) {
  tell(upload, text, { wrong: true });
  upload.row.querySelector("progress").hidden = true;
  upload.row.querySelector("[data-upload-retry]").hidden = !again;
}

const fragment = (text) => new DOMParser().parseFromString(text, "text/html");

/** Show the gallery as the server has it, and keep what is being typed beneath the pictures. */
function showGallery(page) {
  const old = document.getElementById("gallery");
  const fresh = page.getElementById("gallery");
  const typed = new Map([...old.querySelectorAll("input")].map((field) => [field.name, field.value]));
  for (const field of fresh.querySelectorAll("input")) {
    if (typed.has(field.name)) field.value = typed.get(field.name);
  }
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
  echoCover(fresh);
}

/** The first picture is the one on the card beside. */
function echoCover(gallery) {
  const [echo, cover] = [document.querySelector("[data-cover-echo]"), gallery.querySelector("img")];
  echo.querySelector("img").hidden = !cover;
  echo.querySelector("span").hidden = Boolean(cover);
  if (cover) echo.querySelector("img").src = cover.src;
}

/** The gallery as it hangs on the server now. */
async function refresh() {
  const answer = await fetch(location.pathname, { headers: PARTIAL });
  const page = fragment(await answer.text());
  if (page.getElementById("gallery")) showGallery(page);
  else location.reload();
}

function send(upload) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  const bar = upload.row.querySelector("progress");
  upload.request = request;
  body.append("csrfmiddlewaretoken", form().elements.csrfmiddlewaretoken.value);
  body.append("picture", upload.small);
  bar.hidden = false;
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = Math.round((loaded / total) * 100);
  });
  request.addEventListener("load", () => arrived(upload, request));
  request.addEventListener("error", () => fail(upload, zone.dataset.sayFailed, { again: true }));
  request.addEventListener("abort", () => fail(upload, zone.dataset.sayStopped, { again: true }));
  request.addEventListener("loadend", () => {
    upload.request = null;
    running -= 1;
    next();
  });
  request.open("POST", zone.dataset.url);
  request.send(body);
}

function arrived(upload, { status, response }) {
  if (status === 201) {
    tell(upload, zone.dataset.sayDone);
    upload.row.remove();
    refresh();
  } else if (response?.error) {
    const again = status === 429 || status >= 500;
    fail(upload, response.error.replace(`${upload.small.name}: `, ""), { again });
  } else if (status < 400) {
    // Logged out: the page comes back after the login, with what was typed.
    location.reload();
  } else {
    fail(upload, zone.dataset.sayFailed, { again: true });
  }
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    send(waiting.shift());
  }
}

async function take(file) {
  const row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
  const upload = { file, row };
  row.querySelector("[data-upload-name]").textContent = file.name;
  row.upload = upload;
  zone.querySelector("[data-uploads]").append(row);
  try {
    const picture = await open(file);
    drawSmall(row.querySelector("canvas"), picture);
    upload.small = await prepare(file, picture);
    picture.close();
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    fail(upload, error.message);
    return;
  }
  if (!row.isConnected) return;
  waiting.push(upload);
  next();
}

function takeAll(files) {
  for (const file of files) take(file);
}

function cancel(row) {
  const { upload } = row;
  const place = waiting.indexOf(upload);
  if (place >= 0) waiting.splice(place, 1);
  if (upload.request) upload.request.abort();
  else row.remove();
}

/** Move a picture to a place, as its buttons do, but without leaving the page. */
async function place(item, position) {
  const answer = await fetch(`${item.dataset.picture}?to=${position}`, {
    method: "POST",
    body: new URLSearchParams([...new FormData(form())].filter(([, v]) => typeof v === "string")),
    headers: PARTIAL,
  });
  const page = fragment(await answer.text());
  if (page.getElementById("gallery")) showGallery(page);
  else location.reload();
}

if (zone) {
  const input = zone.querySelector("input[type=file]");
  // A chosen file is not something typed.
  input.addEventListener("input", (event) => event.stopPropagation());
  input.addEventListener("change", () => {
    takeAll(input.files);
    input.value = "";
  });
  zone.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    zone.dataset.over = "";
  });
  zone.addEventListener("dragleave", () => delete zone.dataset.over);
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    delete zone.dataset.over;
    takeAll(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    takeAll([...event.clipboardData.files].filter((file) => file.type.startsWith("image/")));
  });
  zone.addEventListener("click", ({ target }) => {
    const row = target.closest("[data-upload-row]");
    if (target.closest("[data-upload-cancel]")) cancel(row);
    if (target.closest("[data-upload-retry]")) {
      row.querySelector("[data-upload-retry]").hidden = true;
      tell(row.upload, "");
      waiting.push(row.upload);
      next();
    }
  });

  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-picture]");
    if (dragged) dragged.dataset.dragged = "";
  });
  document.addEventListener("dragover", (event) => {
    const over = event.target.closest?.("[data-picture]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const { left, width } = over.getBoundingClientRect();
    if (event.clientX < left + width / 2) over.before(dragged);
    else over.after(dragged);
  });
  document.addEventListener("dragend", () => {
    if (!dragged) return;
    delete dragged.dataset.dragged;
    place(dragged, [...dragged.parentElement.children].indexOf(dragged));
    dragged = null;
  });
}
