// The banner is there while the browser says that it has no network.
function show() {
  const words = document.querySelector("#offline > p");
  if (words) words.hidden = navigator.onLine;
}

addEventListener("online", show);
addEventListener("offline", show);
show();
