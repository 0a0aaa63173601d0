// The site as an app: its service worker, a word when there is a new version, and the way to install it.
import { offer, phrase } from "./toasts.js";

let reloading = false;

function announce(worker) {
  // Without a controller this is the first version, and nobody waits for it.
  if (!worker || !navigator.serviceWorker.controller) return;
  offer(phrase("newVersion"), phrase("reload"), () => {
    reloading = true;
    worker.postMessage("take over");
  });
}

async function register() {
  const registration = await navigator.serviceWorker.register("/sw.js");
  announce(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed") announce(worker);
    });
  });
}

if ("serviceWorker" in navigator) {
  // After all that the page itself needs. Where it is refused, the site is a site.
  addEventListener("load", () => register().catch(() => {}));
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (reloading) location.reload();
  });
}

// The browser says whether it can be installed; only then there is a button.
let invitation;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  invitation = event;
  for (const button of document.querySelectorAll("[data-install]")) button.hidden = false;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-install]");
  if (!button || !invitation) return;
  invitation.prompt();
  button.hidden = true;
});
