// What every page loads. All listeners sit on the document, so a swap by htmx never loses them.
import "./theme.js";
import "./toasts.js";
import "./forms.js";
import "./requests.js";
import "./menus.js";
import "./hearts.js";
import "./search.js";
import "./shortcuts.js";
import "./offline.js";
import "./drafts.js";
