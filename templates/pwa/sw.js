{% comment %}
  The service worker. It keeps the files of the shell, whose names change with their content,
  and one page without anybody's data. Pages are always the network's.
  Context: version, shell, static_url, offline_url.
{% endcomment %}{% autoescape off %}const KEPT = "shell-{{ version }}";
const OFFLINE = "{{ offline_url }}";
const SHELL = [OFFLINE{% for file in shell %}, "{{ file }}"{% endfor %}];

addEventListener("install", (event) => {
  // `reload` asks the network, not the browser's memory: the offline page has no version.
  const asked = SHELL.map((file) => new Request(file, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(asked)));
});

addEventListener("activate", (event) => {
  const forget = async () => {
    for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(forget());
});

// A page that saw the new version says when it may take over.
addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (address.pathname.startsWith("{{ static_url }}")) {
    event.respondWith(caches.match(request.url).then((kept) => kept ?? fetch(request)));
  }
});
{% endautoescape %}