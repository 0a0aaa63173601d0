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
