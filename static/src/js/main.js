// What every page loads. All listeners sit on the document, so a swap by htmx never loses them.
import "./main/theme.js";
import "./main/toasts.js";
import "./main/forms.js";
import "./main/requests.js";
import "./main/summary.js";
import "./main/menus.js";
import "./main/hearts.js";
import "./main/search.js";
import "./main/shortcuts.js";
import "./main/offline.js";
import "./main/drafts.js";
import "./main/app.js";

// What modules of single pages take from here, so that it is one file and runs once.
export { busy, ready } from "./main/forms.js";
export { keepToasts, phrase, say, startClocks } from "./main/toasts.js";
