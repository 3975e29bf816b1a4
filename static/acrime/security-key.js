/* Speaks to a security key (Web Authentication) for the form it finds, and sends the answer.
   The challenge comes with the form; what the key answers is checked by the server. */
(() => {
  "use strict";

  const form = document.querySelector("[data-security-key]");
  if (!form) return;
  const status = form.querySelector("[data-key-status]");
  const button = form.querySelector("[data-key-button]");
  const say = (text) => {
    status.textContent = text;
  };

  if (!window.PublicKeyCredential || !navigator.credentials) {
    say("This browser or this address does not support security keys.");
    return;
  }

  const bytes = (text) => {
    const plain = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(plain), (each) => each.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const keys = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const making = form.dataset.securityKey === "make";
  const options = JSON.parse(form.dataset.options).publicKey;
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (making) {
    asked.user = { ...options.user, id: bytes(options.user.id) };
    asked.excludeCredentials = keys(options.excludeCredentials);
  } else {
    asked.allowCredentials = keys(options.allowCredentials);
  }

  const answered = (credential) => {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    if (making) {
      response.attestationObject = text(credential.response.attestationObject);
    } else {
      response.authenticatorData = text(credential.response.authenticatorData);
      response.signature = text(credential.response.signature);
      if (credential.response.userHandle) {
        response.userHandle = text(credential.response.userHandle);
      }
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  say(making ? "Have the key ready." : "Have your security key ready.");
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say("Waiting for the key…");
    try {
      const credential = making
        ? await navigator.credentials.create({ publicKey: asked })
        : await navigator.credentials.get({ publicKey: asked });
      form.querySelector("[name=credential]").value = JSON.stringify(answered(credential));
      HTMLFormElement.prototype.submit.call(form);
    } catch {
      say("The key did not answer. Try again, or use another way.");
      button.disabled = false;
    }
  });
})();
