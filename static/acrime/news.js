/* Says when queries came or changed, without loading the page anew and without moving a row. Rows
   that changed are shown as they are now, in their place; new ones when somebody asks for them. The
   page works without it. */
(() => {
  "use strict";

  const region = document.querySelector("[data-news]");
  if (!region || !window.fetch) return;
  const text = region.querySelector("[data-news-text]");
  const pause = region.querySelector("[data-news-pause]");
  const every = 20000;
  let paused = false;
  let tag = "";

  const look = async () => {
    if (paused || document.hidden) return;
    try {
      const answer = await fetch(region.dataset.newsUrl, {
        cache: "no-store",
        headers: tag ? { "If-None-Match": tag } : {},
        redirect: "manual",
      });
      if (answer.status !== 200 || paused) return;
      tag = answer.headers.get("ETag") || "";
      const piece = new DOMParser().parseFromString(await answer.text(), "text/html");
      const changed = piece.querySelector("[data-news-changed]");
      if (changed) await renew();
      text.replaceChildren(...piece.body.childNodes);
    } catch {
      // The network is away: the next look tries again.
    }
  };

  // Puts what stands in the rows now into the rows that are there. A row that left the list stays
  // until somebody asks for the list anew, and says so; nothing under the hand goes away.
  const renew = async () => {
    const answer = await fetch(region.dataset.newsRowsUrl, { cache: "no-store", redirect: "manual" });
    if (answer.status !== 200) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-news]");
    if (!next) return;
    const fresh = new Map();
    for (const row of page.querySelectorAll("[data-row]")) fresh.set(row.dataset.row, row);
    for (const row of document.querySelectorAll("[data-news-rows] [data-row]")) {
      const now = fresh.get(row.dataset.row);
      const held = row.contains(document.activeElement);
      if (!now) {
        const act = row.querySelector("[data-row-act]");
        if (act) act.replaceChildren(document.createTextNode("Not in this list any more"));
        const box = row.querySelector("input[name=chosen]");
        if (box) box.checked = false;
        if (box) box.disabled = true;
      } else if (row.innerHTML !== now.innerHTML) {
        const box = row.querySelector("input[name=chosen]");
        const chosen = box && box.checked;
        row.replaceChildren(...now.childNodes);
        const again = row.querySelector("input[name=chosen]");
        if (again && chosen) again.checked = true;
      }
      const link = row.querySelector("[data-row-link]");
      if (held && link && !row.contains(document.activeElement)) link.focus();
    }
    region.dataset.newsUrl = next.dataset.newsUrl;
    region.dataset.newsRowsUrl = next.dataset.newsRowsUrl;
    tag = "";
  };

  const show = async (url) => {
    const answer = await fetch(url, { redirect: "manual" });
    if (answer.status !== 200) return location.assign(url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-news-rows]");
    const held = document.querySelector("[data-news-rows]");
    const next = page.querySelector("[data-news]");
    // Where nothing was listed before there is no form for the chosen ones either.
    if (!fresh || !next || !held.querySelector("[data-row]")) return location.assign(url);
    const chosen = [...held.querySelectorAll("input:checked")].map((box) => box.value);
    const row = document.activeElement && document.activeElement.closest("[data-row]");
    const stood = row ? row.dataset.row : "";
    held.replaceChildren(...fresh.childNodes);
    for (const value of chosen) {
      const box = [...held.querySelectorAll("input[name=chosen]")].find((each) => each.value === value);
      if (box) box.checked = true;
    }
    region.dataset.newsUrl = next.dataset.newsUrl;
    region.dataset.newsRowsUrl = next.dataset.newsRowsUrl;
    tag = "";
    text.replaceChildren();
    const same = [...held.querySelectorAll("[data-row]")].find((each) => each.dataset.row === stood);
    const link = (same || held).querySelector("[data-row-link]");
    if (link) link.focus();
  };

  text.addEventListener("click", (event) => {
    const link = event.target.closest("[data-news-show]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href).catch(() => location.assign(link.href));
  });
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    if (!paused) look();
  });
  setInterval(look, Number(region.dataset.newsEvery) || every);
})();
