// A conversation that is alive: what is sent shows at once, what the other says comes by itself.
// The server draws every entry; here they are only put in their place. Without this the
// composer is a form and the page reloads.
import { uploading, waiting } from "./files.js";
import { ask, isConnected, parse, post, pusher } from "../live.js";

const root = document.querySelector("[data-talk]");
const address = root.dataset.talk;
const part = (name) => root.querySelector(`[data-${name}]`);
const [log, scroller, form] = [part("log"), part("scroll"), part("composer")];
const body = form.elements.body;
const plain = "plain" in root.dataset ? "&plain=1" : "";
const NEAR = 60;
const SAVE_AFTER = 1200;
const TYPING_EVERY = 1500;
const TYPING_AFTER = 300;
const TYPING_SHOWN = 3000;
let unseen = 0;

// --- Where one is in the thread: its scroller counts from the bottom --------------

const isAtEnd = () => Math.abs(scroller.scrollTop) < NEAR;

function jump() {
  scroller.scrollTop = 0;
  showUnseen(0);
}

function showUnseen(count) {
  unseen = count;
  part("jump").hidden = !count && isAtEnd();
  part("jump-count").textContent = count || "";
}

/** Change the thread; whoever reads further up keeps what they read before their eyes. */
function changing(change) {
  const [atEnd, height] = [isAtEnd(), scroller.scrollHeight];
  change();
  if (atEnd) scroller.scrollTop = 0;
  else scroller.scrollTop -= scroller.scrollHeight - height;
  return atEnd;
}

// --- Entries ----------------------------------------------------------------------

const moments = (chosen) => [...log.querySelectorAll(chosen)].map((entry) => Number(entry.dataset.moment));
const newest = (chosen) => Math.max(0, ...moments(chosen));
const newestOfOther = () => newest(".said:not(.said-mine)");

function showReceipts({ read, received }) {
  for (const said of log.querySelectorAll(".said-mine[data-moment]")) {
    const moment = Number(said.dataset.moment);
    if (moment <= Number(read)) said.dataset.state = "read";
    else if (moment <= Number(received) && said.dataset.state === "sent") said.dataset.state = "received";
  }
}

function isKnown(entry) {
  if (entry.id) return document.getElementById(entry.id);
  if (entry.matches(".day-new")) return isAtEnd() && !document.hidden;
  return log.querySelector(`[data-day="${entry.dataset.day}"]`);
}

/** Put new entries at the end; a message of one's own takes the place of the one that was pending. */
function append(page) {
  const entries = page.querySelector("[data-entries]");
  if (!entries) return;
  const fresh = [...entries.children].filter((entry) => !isKnown(entry));
  const atEnd = changing(() => {
    for (const entry of fresh) {
      const { client } = entry.dataset;
      if (client) log.querySelector(`[data-state=pending][data-client="${client}"]`)?.remove();
      log.insertBefore(entry, log.querySelector(":scope > [data-state=pending], :scope > [data-state=failed]"));
    }
    if (fresh.length) part("nothing")?.remove();
  });
  showReceipts(entries.dataset);
  const others = fresh.filter((entry) => entry.matches(".said:not(.said-mine)"));
  if (others.length) showTyping(false);
  showUnseen(atEnd ? 0 : unseen + others.length);
  sayRead();
}

let asking = null;
let again = false;

/** Ask for what is new; while an answer is on its way, once more after it. */
async function catchUp() {
  if (asking) {
    again = true;
    return;
  }
  asking = ask(`${address}?after=${newest("[data-moment]")}${plain}`);
  const page = await asking;
  asking = null;
  if (page?.querySelector("[data-entries]")?.dataset.older) location.reload();
  else if (page) append(page);
  if (again) {
    again = false;
    catchUp();
  }
}

async function loadOlder(link) {
  if ("busy" in link.dataset) return;
  link.dataset.busy = "";
  const page = await ask(link.href + plain);
  const entries = page?.querySelector("[data-entries]");
  delete link.dataset.busy;
  if (!entries) return;
  const first = log.querySelector("[data-day]");
  const isRepeated = first && entries.querySelector(`[data-day="${first.dataset.day}"]`);
  if (isRepeated) first.remove();
  log.prepend(...entries.children);
  if (entries.dataset.older) link.href = `${address}?before=${entries.dataset.older}`;
  else link.remove();
}

// --- Sending ----------------------------------------------------------------------

const bubbles = new Map();
let line = Promise.resolve();

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function pendingBubble(data) {
  const bubble = part("pending").content.firstElementChild.cloneNode(true);
  bubble.dataset.client = data.get("client_id");
  const names = [...part("waiting").querySelectorAll(".name")].map((name) => name.textContent);
  bubble.querySelector("[data-words]").textContent = [data.get("body"), ...names].filter(Boolean).join("\n");
  bubble.querySelector("[data-retry]").addEventListener("click", () => enqueue(bubble));
  bubbles.set(bubble, data);
  return bubble;
}

async function send() {
  await uploading();
  if (!body.value.trim() && !waiting()) {
    body.focus();
    return;
  }
  const data = new FormData(form);
  data.delete("enclosed");
  const bubble = pendingBubble(data);
  log.querySelector(".day-new")?.remove();
  part("nothing")?.remove();
  log.append(bubble);
  body.value = "";
  part("waiting").replaceChildren();
  for (const error of form.querySelectorAll("[role=alert]")) error.remove();
  form.elements.client_id.value = newKey();
  clearTimeout(saving);
  saved = "";
  grow();
  jump();
  enqueue(bubble);
}

/** One after the other, so that they arrive in the order in which they were written. */
function enqueue(bubble) {
  bubble.dataset.state = "pending";
  line = line.then(() => deliver(bubble));
}

async function deliver(bubble) {
  const data = bubbles.get(bubble);
  data.set("after", newest("[data-moment]"));
  const answer = await post(form.action, data);
  const login = answer?.headers.get("HX-Redirect");
  if (login) {
    body.value ||= data.get("body");
    bubbles.delete(bubble);
    sessionStorage.setItem("draft", JSON.stringify({ ...kept(), interrupted: true }));
    location.assign(login);
  } else if (answer?.ok) {
    bubbles.delete(bubble);
    append(parse(await answer.text()));
    bubble.remove();
  } else {
    bubble.dataset.state = "failed";
    bubble.dataset.lost = answer ? "" : "1";
    const words = answer?.status === 422 ? parse(await answer.text()).body.textContent.trim() : "";
    const why = bubble.querySelector("[data-why]");
    why.textContent = words || why.dataset.otherwise;
  }
}

/** What drafts.js puts back after the login. */
const kept = () => ({
  path: location.pathname,
  address: new URL(form.action).pathname,
  fields: [{ name: "body", value: body.value, type: "textarea" }],
});

function retryLost() {
  for (const bubble of log.querySelectorAll("[data-lost='1'][data-state=failed]")) enqueue(bubble);
}

// --- Writing ----------------------------------------------------------------------

let saving = 0;
let saved = body.value;

function save() {
  clearTimeout(saving);
  if (body.value === saved) return;
  saved = body.value;
  post(`${address}draft/`, { body: saved });
}

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  body.style.height = "auto";
  body.style.height = `${body.scrollHeight}px`;
}

const isTouch = () => matchMedia("(pointer: coarse)").matches;

body.addEventListener("input", () => {
  clearTimeout(saving);
  saving = setTimeout(save, SAVE_AFTER);
  grow();
  if (body.value) tellTyping();
});
body.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || isTouch()) return;
  event.preventDefault();
  send();
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.matches("[data-discard]")) return;
  event.preventDefault();
  send();
});
addEventListener("pagehide", save);
addEventListener("beforeunload", (event) => {
  if (bubbles.size) event.preventDefault();
});

// --- The other one: typing, here, reading, their clock -------------------------------

let typingTimer = 0;
let typingSoon = 0;
let toldTyping = 0;

function showTyping(on) {
  clearTimeout(typingTimer);
  part("typing").hidden = !on;
  if (on) typingTimer = setTimeout(showTyping, TYPING_SHOWN, false);
}

function tellTyping() {
  if (!isConnected() || typingSoon || Date.now() - toldTyping < TYPING_EVERY) return;
  typingSoon = setTimeout(() => {
    typingSoon = 0;
    toldTyping = Date.now();
    if (body.value) talk?.trigger("client-typing", {});
  }, TYPING_AFTER);
}

let reading = 0;
let saidRead = Math.min(newestOfOther(), Number(part("mark-read") ? 0 : Infinity));

/** Say what was read: what stands at the end of a thread that somebody is looking at. */
function sayRead() {
  if (reading || document.hidden || !isAtEnd() || newestOfOther() <= saidRead) return;
  reading = setTimeout(async () => {
    reading = 0;
    const seen = newestOfOther();
    const answer = await post(`${address}read/`, { seen });
    if (answer?.ok) saidRead = seen;
  }, 500);
}

function showPresence(members) {
  let isHere = false;
  members.each(({ id }) => (isHere ||= id !== root.dataset.me));
  for (const sign of document.querySelectorAll("[data-presence]")) sign.hidden = !isHere;
}

function showClocks() {
  for (const clock of document.querySelectorAll("time[data-clock]")) {
    const how = { timeZone: clock.dataset.clock, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    clock.textContent = new Intl.DateTimeFormat(document.documentElement.lang, how).format();
  }
}

const talk = pusher?.subscribe(`private-conversation-${root.dataset.id}`);
talk?.bind("client-typing", () => showTyping(true));
talk?.bind("receipt", (receipt) => {
  if (receipt.reader !== root.dataset.me) showReceipts(receipt);
});
const present = pusher?.subscribe(`presence-conversation-${root.dataset.id}`);
for (const event of ["subscription_succeeded", "member_added", "member_removed"]) {
  present?.bind(`pusher:${event}`, () => showPresence(present.members));
}

// --- All together -------------------------------------------------------------------

document.addEventListener("talk", ({ detail }) => {
  if (!detail.conversation || detail.conversation === root.dataset.id) catchUp();
  if (!detail.conversation) retryLost();
});
addEventListener("online", () => {
  catchUp();
  retryLost();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) catchUp();
});
scroller.addEventListener("scroll", () => {
  if (isAtEnd()) showUnseen(0);
  else part("jump").hidden = false;
  sayRead();
});
part("jump").addEventListener("click", jump);

const older = part("load-older");
older?.addEventListener("click", (event) => {
  event.preventDefault();
  loadOlder(older);
});
if (older) {
  const margin = { root: scroller, rootMargin: "300px" };
  new IntersectionObserver(([seen]) => seen.isIntersecting && !isAtEnd() && loadOlder(older), margin).observe(older);
}
part("mark-read")?.remove();
setInterval(showClocks, 30000);
grow();
sayRead();
