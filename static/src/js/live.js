// News at once: hears hints of Pusher, and while it hears none, asks by itself. A hint is never
// believed, only followed: what it is about is fetched. Pages mark what is to stay fresh:
// <… id data-live="news"> after any news, data-live="here" after news of this very page.
import { startClocks } from "./main.js";

const meta = document.querySelector("meta[name=live]");
const config = JSON.parse(meta.content);
const PARTIAL = { "HX-Request": "true", "HX-Request-Type": "partial" };
const OFTEN = 5000;
const SELDOM = 30000;
const PAUSE = 3000;
const title = document.title;
let due = 0;
let last = 0;

export const token = () => document.querySelector("#hearts [name=csrfmiddlewaretoken]").value;
export const parse = (text) => new DOMParser().parseFromString(text, "text/html");

/** What is at an address, as a document; nothing if it cannot be had, or asks for a login. */
export async function ask(address, headers = PARTIAL) {
  try {
    const answer = await fetch(address, { headers });
    return answer.status === 200 && !answer.redirected ? parse(await answer.text()) : null;
  } catch {
    return null;
  }
}

/** Send a form without leaving the page; the answer, or nothing if there was none. */
export async function post(address, fields) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const headers = { ...PARTIAL, "HX-Current-URL": location.href, "X-CSRFToken": token() };
  try {
    return await fetch(address, { method: "POST", body, headers, keepalive: !(body instanceof FormData) });
  } catch {
    return null;
  }
}

function connect() {
  if (!window.Pusher) return null;
  const host = config.is_here ? location.hostname : config.host;
  const port = Number(config.is_here ? location.port : config.port);
  const place = host && { wsHost: host, wsPort: port || 80, wssPort: port || 443 };
  return new window.Pusher(config.key, {
    cluster: config.cluster,
    forceTLS: !config.is_here || location.protocol === "https:",
    enabledTransports: ["ws", "wss"],
    disableStats: true,
    channelAuthorization: { endpoint: config.listen, headersProvider: () => ({ "X-CSRFToken": token() }) },
    ...place,
  });
}

export const pusher = connect();
export const isConnected = () => pusher?.connection.state === "connected";
const isTalking = () => document.querySelector("[data-talk]");

function showCount() {
  const waiting = Number(document.getElementById("messaging-bell")?.dataset.waiting);
  document.title = waiting ? `(${waiting > 99 ? "99+" : waiting}) ${title}` : title;
}

const isTouched = (part) =>
  part.contains(document.activeElement) ||
  [...part.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);

async function freshen(kind) {
  const parts = [...document.querySelectorAll(`[data-live="${kind}"]`)].filter((part) => !isTouched(part));
  const pages = new Map();
  for (const part of parts) {
    const address = part.dataset.from ?? location.href;
    if (!pages.has(address)) pages.set(address, await ask(address, part.dataset.from ? PARTIAL : {}));
    const fresh = pages.get(address)?.getElementById(part.id);
    if (!fresh || isTouched(part)) continue;
    part.replaceWith(fresh);
    window.htmx?.process(fresh);
  }
}

async function freshenAll() {
  due = 0;
  last = Date.now();
  const fresh = (await ask(config.bell))?.getElementById("messaging-bell");
  const bell = document.getElementById("messaging-bell");
  // Whoever reads in its menu is not disturbed; the next news finds it closed.
  if (fresh && bell && !bell.querySelector("details[open]")) {
    bell.replaceWith(fresh);
    window.htmx?.process(fresh);
  }
  showCount();
  freshen("news");
}

/** The first news is asked for at once; after it, however much there is, every three seconds. */
function news() {
  due ||= setTimeout(freshenAll, Math.max(0, last + PAUSE - Date.now()));
}

async function toast(address) {
  const said = (await ask(address))?.querySelector("[data-toast]");
  if (!said) return;
  document.getElementById("toasts").append(said);
  startClocks();
}

function onMessage({ conversation, sender }) {
  document.dispatchEvent(new CustomEvent("talk", { detail: { conversation } }));
  news();
  if (config.me.endsWith(sender)) return;
  if (isTalking()?.dataset.id === conversation) return;
  post(`/messages/${conversation}/receive/`);
  toast(`/messages/${conversation}/toast/`);
}

function onNotification({ id, path }) {
  news();
  if (path === location.pathname) freshen("here");
  else toast(`/notifications/${id}/toast/`);
}

function listen() {
  const mine = pusher.subscribe(config.me);
  mine.bind("pusher:subscription_succeeded", () => (meta.dataset.heard = ""));
  mine.bind("message", onMessage);
  mine.bind("notification", onNotification);
  mine.bind("receipt", news);
  mine.bind("news", news);
  let wasAway = false;
  pusher.connection.bind("state_change", ({ current }) => {
    if (current === "connected" && wasAway) catchUp();
    if (current === "unavailable" || current === "connecting") wasAway = true;
  });
}

function catchUp() {
  document.dispatchEvent(new CustomEvent("talk", { detail: {} }));
  news();
}

let asked = Date.now();
setInterval(() => {
  const patience = isTalking() ? OFTEN : SELDOM;
  if (document.hidden || isConnected() || Date.now() - asked < patience) return;
  asked = Date.now();
  catchUp();
}, 1000);

if (pusher) listen();
showCount();
