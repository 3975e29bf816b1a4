/* Single keys as quicker ways to controls of the page. Everything works without them, they are
   off while something is being typed, and a switch in the Keyboard panel turns them off
   (WCAG 2.1.4). */
(() => {
  "use strict";

  const stored = "acrime-single-keys";
  const without = document.querySelector("[data-keys-without]");
  const holder = document.querySelector("[data-keys-switch]");
  if (!holder) return;
  const box = holder.querySelector("input");
  without.hidden = true;
  holder.hidden = false;
  try {
    box.checked = localStorage.getItem(stored) !== "off";
  } catch {
    // A browser may refuse storage; the switch then holds for this page.
  }
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(stored, box.checked ? "on" : "off");
    } catch {
      // As above.
    }
  });

  const typing = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable ||
      element.matches("textarea, select, input:not([type=checkbox]):not([type=radio])"));
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const rowOf = (element) => (element instanceof Element ? element.closest("[data-row]") : null);
  let last = "";

  const goTo = (row) => {
    const link = row && row.querySelector("[data-row-link]");
    if (!link) return false;
    last = row.dataset.row;
    link.focus();
    return true;
  };
  const step = (by) => {
    const all = rows();
    const here = all.indexOf(rowOf(document.activeElement));
    const before = here >= 0 ? here : all.findIndex((row) => row.dataset.row === last);
    if (before < 0) return goTo(all[0]);
    return goTo(all[Math.min(Math.max(before + by, 0), all.length - 1)]);
  };
  const press = (control) => {
    if (!control || control.disabled || control.hidden) return false;
    if (control.dataset.keyTo !== undefined) control.focus();
    else if (control.matches("summary")) {
      control.parentElement.open = true;
      control.focus();
    } else control.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.defaultPrevented || event.repeat) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key;
    if (key === '"' || key === "\\") return;
    let done = false;
    if (key === "j") done = step(1);
    else if (key === "k") done = step(-1);
    else {
      const row = rowOf(document.activeElement);
      const inRow =
        row &&
        (row.querySelector(`[data-row-key="${key}"]`) ||
          row.querySelector(`[data-row-act="${key}"] button`));
      // A form's one button is found by the place it stands in.
      const inForm = document.querySelector(`[data-press="${key}"] button`);
      // What is weighty is gone to, and pressed by Enter.
      const weighty = document.querySelector(`[data-go="${key}"] button`);
      if (weighty) weighty.focus();
      done = weighty || press(inRow || inForm || document.querySelector(`[data-key="${key}"]`));
    }
    if (done) event.preventDefault();
  });
})();
