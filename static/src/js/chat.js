// Two people talk here, unless they cannot yet: an order that nobody has paid has no conversation.
if (document.querySelector("[data-talk]")) import("./chat/talk.js");
