// Passkeys: the device signs what the server asks for, and the form carries the answer.
// Without this module, or in a browser without passkeys, the buttons stay hidden.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
    letter.charCodeAt(0),
  );

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withBytes = (keys) => keys?.map((key) => ({ ...key, id: toBytes(key.id) }));

async function create({ publicKey }) {
  const key = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
    },
  });
  return answer(key, {
    attestationObject: toText(key.response.attestationObject),
    transports: key.response.getTransports?.() ?? [],
  });
}

async function get({ publicKey }) {
  const key = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = key.response;
  return answer(key, {
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle && toText(userHandle),
  });
}

const answer = (key, response) => ({
  id: key.id,
  rawId: toText(key.rawId),
  type: key.type,
  clientExtensionResults: key.getClientExtensionResults(),
  response: { clientDataJSON: toText(key.response.clientDataJSON), ...response },
});

// What the server asks: in the page, or, where nobody is known yet, at the form's own address.
async function question(form) {
  const inPage = document.getElementById(form.dataset.passkeyOptions);
  if (inPage) return JSON.parse(inPage.textContent);
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.statusText);
  return (await response.json()).request_options;
}

async function sign(form) {
  const note = form.querySelector("[data-passkey-note]");
  note.hidden = true;
  try {
    const ask = form.dataset.passkey === "create" ? create : get;
    form.elements.credential.value = JSON.stringify(await ask(await question(form)));
    form.submit();
  } catch {
    // The person closed the dialog, has no passkey for this site, or took too long.
    note.hidden = false;
    form.querySelector("[data-passkey-button]").focus();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  sign(form);
});

if (window.PublicKeyCredential) {
  for (const button of document.querySelectorAll("[data-passkey-button]")) button.hidden = false;
}
