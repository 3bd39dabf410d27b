// Keys other than STOP's, the patient's view, and what has to follow the pointer.
(() => {
  "use strict";
  const palier = window.palier;
  const KEYS = palier.config.keys;

  const isField = (element) => element && (element.tagName === "INPUT" && element.type !== "range" || element.tagName === "TEXTAREA");

  window.addEventListener(
    "keydown",
    (event) => {
      const target = event.target;
      // A key that is held down repeats; nothing here may be repeated, least of all a step up or a focused button.
      if (event.repeat && !isField(target) && event.key !== "Tab" && event.key !== "ArrowLeft" && event.key !== "ArrowRight") {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      if (event.ctrlKey || event.altKey || event.metaKey || isField(target)) return;
      // A link too is pressed by Enter: the way back to the day is one.
      const onButton = target && (target.tagName === "BUTTON" || target.tagName === "A");
      // The row of figures gives other signs on a French keyboard: there the place of the key counts.
      const figure = /^Digit([0-9])$/.exec(event.code);
      const key = figure ? figure[1] : event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key === "m") {
        event.preventDefault();
        document.getElementById("note")?.focus();
        return;
      }
      if (onButton && key === "Enter") return;
      const name = Object.hasOwn(KEYS, key) ? KEYS[key] : null;
      if (!name) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      emitEvent("palier_key", name);
    },
    { capture: true },
  );

  // The patient's view: asked for over its own route, drawn when a newer picture is there.
  let tag = "";
  let size = [0, 0];
  async function picture() {
    const canvas = document.getElementById("view");
    if (canvas && !document.hidden) {
      try {
        const answer = await fetch("/preview", { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
        if (answer.status === 200) {
          tag = answer.headers.get("ETag") || "";
          const bitmap = await createImageBitmap(await answer.blob());
          if (bitmap.width !== size[0] || bitmap.height !== size[1]) {
            size = [bitmap.width, bitmap.height];
            [canvas.width, canvas.height] = size;
          }
          canvas.getContext("2d").drawImage(bitmap, 0, 0);
          bitmap.close();
          canvas.dataset.shown = String(Number(canvas.dataset.shown || 0) + 1);
        }
      } catch {
        // The console is away for a moment; the states say so.
      }
    }
    setTimeout(picture, 80);
  }
  picture();

  palier.viewAge = (age, live) => {
    const canvas = document.getElementById("view");
    const word = document.getElementById("view-word");
    if (!canvas || !word) return;
    canvas.setAttribute("aria-label", palier.say("view.title"));
    const old = age !== null && age > 2;
    const text = age === null ? palier.say("view.none") : old ? palier.say("view.old", { age: age.toFixed(0) + " s" }) : "";
    if (word.textContent !== text) word.textContent = text;
    // While the link is lost the caption says more than this word.
    word.hidden = !live;
    canvas.classList.toggle("is-old", old || (age !== null && !live));
  };

  // Keep the present rung in sight, but never under the pointer.
  new MutationObserver(() => {
    const here = document.querySelector(".rung[aria-current=step]");
    const list = document.querySelector(".rungs");
    if (!here || !list || list.matches(":hover")) return;
    const line = here.parentElement;
    if (list.dataset.here !== here.id) {
      list.dataset.here = here.id;
      list.scrollTop = line.offsetTop + line.clientHeight / 2 - list.clientHeight / 2;
    }
  }).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["aria-current"] });

  // A question that was asked by keyboard takes the focus, to the answer that changes nothing, and gives it back.
  let byKeyboard = null;
  document.addEventListener("click", (event) => (byKeyboard = event.detail === 0 ? event.target.closest("button") : null), true);
  new MutationObserver((changes) => {
    const answer = changes[0].target.ownerDocument.querySelector(".answer");
    const asked = answer && answer.classList.contains("is-question");
    if (asked && byKeyboard && document.activeElement === byKeyboard) {
      answer.asker = byKeyboard;
      document.getElementById("confirm-no").focus();
    } else if (answer && !asked && answer.asker) {
      if (answer.contains(document.activeElement) || document.activeElement === document.body) answer.asker.focus();
      answer.asker = null;
    }
  }).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["class"] });

  // A slider says what it would send while it is dragged.
  document.addEventListener("input", (event) => {
    if (event.target.classList?.contains("slider")) event.target.closest(".slider-box").dataset.wanted = event.target.value;
  });
  document.addEventListener("change", (event) => {
    if (event.target.classList?.contains("slider")) delete event.target.closest(".slider-box").dataset.wanted;
  });
})();
