/* The clocks of hit confirmation in the header: refreshed every quarter of a minute, counted down
   in between, announced without moving the focus. The sound is off until somebody turns it on.
   The requests it makes do not count as somebody being there. */
(() => {
  "use strict";

  const strip = document.querySelector("[data-hits-url]");
  if (!strip) return;
  const row = strip.querySelector("[data-hits-row]");
  const polite = strip.querySelector("[data-hits-polite]");
  const assertive = strip.querySelector("[data-hits-assertive]");
  const button = strip.querySelector("[data-hits-sound]");
  const EVERY = 15000;
  const kept = "acrime-hits-sound";
  let known = null;
  let stopped = false;
  const warned = new Set();

  let sound = false;
  try {
    sound = localStorage.getItem(kept) === "on";
  } catch {
    // A browser may refuse storage; the sound is then off on each page.
  }
  const show = () => {
    button.textContent = sound ? "Sound on" : "Sound off";
    button.setAttribute("aria-pressed", String(sound));
  };
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    sound = !sound;
    try {
      localStorage.setItem(kept, sound ? "on" : "off");
    } catch {
      // Kept for this page alone.
    }
    show();
    if (sound) ring();
  });

  const ring = () => {
    if (!sound || !window.AudioContext) return;
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.1;
    tone.frequency.value = 660;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.3);
    tone.onended = () => audio.close();
  };

  const left = (each) => Math.floor((Date.parse(each.dataset.due) - Date.now()) / 1000);
  const words = (seconds) => {
    if (seconds < 0) return `Late by ${Math.floor(-seconds / 60)} min`;
    const minutes = Math.floor(seconds / 60);
    const rest = String(seconds % 60).padStart(2, "0");
    return minutes >= 60
      ? `${Math.floor(minutes / 60)} h ${minutes % 60} min left`
      : `${minutes}:${rest} left`;
  };

  const each = () => Array.from(row.querySelectorAll("[data-hit]"));
  const tick = () => {
    for (const item of each()) {
      const seconds = left(item);
      const reading = item.querySelector(".acrime-clock__reading");
      const clock = item.querySelector(".acrime-clock");
      if (reading) reading.textContent = words(seconds);
      if (clock && seconds < 0) clock.className = "acrime-clock acrime-clock--late";
      const urgent = item.dataset.urgent === "yes";
      // Interrupts only where an urgent one has two minutes left, or runs out.
      for (const mark of urgent ? [120, 0] : [0]) {
        const key = `${item.dataset.hit}-${mark}`;
        if (seconds <= mark && seconds > mark - 20 && !warned.has(key)) {
          warned.add(key);
          const said = mark ? "Two minutes left to answer an urgent hit confirmation." : "A hit confirmation is past its limit.";
          (urgent ? assertive : polite).textContent = said;
          ring();
        }
      }
    }
  };

  const notice = () => {
    const now = new Set(each().map((item) => item.dataset.hit));
    if (known) {
      const fresh = each().filter((item) => !known.has(item.dataset.hit));
      if (fresh.length) {
        const urgent = fresh.some((item) => item.dataset.urgent === "yes");
        polite.textContent = urgent ? "An urgent hit confirmation has come in." : "A hit confirmation has come in.";
        ring();
      }
    }
    known = now;
  };

  const refresh = async () => {
    if (stopped || document.hidden || strip.contains(document.activeElement) && document.activeElement !== button) return;
    try {
      const answer = await fetch(strip.dataset.hitsUrl, { redirect: "manual" });
      // A locked or ended session is not asked again.
      if (!answer.ok) {
        stopped = true;
        return;
      }
      const text = await answer.text();
      row.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
      notice();
      tick();
    } catch {
      // The network is away: the clocks here run on.
    }
  };

  notice();
  tick();
  setInterval(tick, 1000);
  setInterval(refresh, EVERY);
})();
