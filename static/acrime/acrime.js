/* The portal's own script: the small menu, printing, focus on a form's errors, and the idle lock.
   Every page works without it; the server locks idle sessions by itself. */
(() => {
  "use strict";

  const toggle = document.querySelector(".acrime-nav__toggle");
  if (toggle) {
    const nav = toggle.parentElement;
    nav.classList.add("acrime-nav--small");
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const open = nav.classList.toggle("acrime-nav--open");
      toggle.setAttribute("aria-expanded", String(open));
    });
  }

  const printer = document.querySelector("[data-print]");
  if (printer) {
    printer.hidden = false;
    printer.addEventListener("click", () => print());
  }

  const errors = document.querySelector("[data-focus-first]");
  if (errors) errors.focus();

  const { idleMinutes, lockUrl, keepaliveUrl } = document.body.dataset;
  const dialog = document.getElementById("acrime-idle");
  if (!idleMinutes || !dialog) return;

  const limit = Number(idleMinutes) * 60000;
  const warning = Math.min(60000, limit / 2);
  const shared = "acrime-last-contact";
  const left = dialog.querySelector("[data-idle-left]");
  const announce = dialog.querySelector("[data-idle-announce]");
  let contact = Date.now();
  let asking = false;
  let announced = 0;

  // Windows of one browser share one session, so they share the time of the last contact.
  const remember = () => {
    contact = Date.now();
    try {
      localStorage.setItem(shared, String(contact));
    } catch {
      // A browser may refuse storage; each window then counts alone.
    }
  };
  const lastContact = () => {
    try {
      return Math.max(contact, Number(localStorage.getItem(shared)) || 0);
    } catch {
      return contact;
    }
  };
  const lock = () => {
    location.assign(`${lockUrl}?next=${encodeURIComponent(location.pathname)}`);
  };
  const stay = async () => {
    if (asking) return;
    asking = true;
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    try {
      const answer = await fetch(keepaliveUrl, {
        method: "POST",
        headers: token ? { "X-CSRFToken": token.value } : {},
        redirect: "manual",
      });
      if (!answer.ok) return lock();
      remember();
      if (dialog.open) dialog.close();
    } catch {
      // The network is away: the countdown goes on, and the next key or click asks again.
    } finally {
      asking = false;
    }
  };

  const tick = () => {
    const remaining = lastContact() + limit - Date.now();
    if (remaining <= 0) return lock();
    if (remaining > warning) {
      if (dialog.open) dialog.close();
      return;
    }
    if (!dialog.open) {
      announced = Infinity;
      dialog.showModal();
    }
    const seconds = Math.ceil(remaining / 1000);
    left.textContent = `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
    for (const mark of [30, 10]) {
      if (seconds <= mark && announced > mark) {
        announced = mark;
        announce.textContent = `Locking in ${mark} seconds.`;
      }
    }
  };

  // Someone who types or points is not idle; the server hears of it at most once in a while.
  const quiet = Math.min(60000, limit / 4);
  const heard = () => {
    if (!dialog.open && Date.now() - lastContact() > quiet) stay();
  };
  for (const kind of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(kind, heard, { passive: true, capture: true });
  }
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
  dialog.querySelector("[data-idle-lock]").addEventListener("click", (event) => {
    event.preventDefault();
    lock();
  });
  document.addEventListener("visibilitychange", tick);
  remember();
  setInterval(tick, 1000);
})();
