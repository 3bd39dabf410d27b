// The cursor on the time line follows the slider at once; the page's server tells the figures a moment later.
"use strict";
(() => {
  const slider = () => document.getElementById("review-at");
  const tell = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

  function draw() {
    const field = slider();
    const cursor = document.getElementById("review-cursor");
    if (!field || !cursor) return;
    const [left, right] = cursor.parentNode.querySelector("desc").textContent.split(" ").map(Number);
    const share = Number(field.value) / Math.max(1, Number(field.max));
    cursor.setAttribute("transform", `translate(${((right - left) * share).toFixed(1)} 0)`);
    const seconds = Math.floor(Number(field.value));
    field.setAttribute("aria-valuetext", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  }

  function go(seconds) {
    const field = slider();
    if (!field) return;
    field.value = String(Math.min(Number(field.max), Math.max(0, seconds)));
    draw();
    tell(field);
  }

  document.addEventListener("input", (event) => {
    if (event.target.id === "review-at") draw();
  });

  // Seconds and minutes instead of the browser's own steps. Escape and F8 are STOP's and never come here.
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "review-at" || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = event.shiftKey ? 10 : 1;
    const ways = {
      ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step,
      PageDown: -60, PageUp: 60, Home: -Infinity, End: Infinity,
    };
    if (event.key === "Enter") {
      document.getElementById("seen-show")?.click();
    } else if (event.key in ways) {
      event.preventDefault();
      go(Number(event.target.value) + ways[event.key]);
    }
  });

  // A press or a drag on the drawing itself, by mouse, pen or finger.
  let dragging = false;
  function at(event) {
    const drawing = document.querySelector(".scrub-line");
    const field = slider();
    if (!drawing || !field) return;
    const box = drawing.getBoundingClientRect();
    const [left, right] = drawing.querySelector("desc").textContent.split(" ").map(Number);
    const place = ((event.clientX - box.left) / box.width) * drawing.viewBox.baseVal.width;
    go(((place - left) / (right - left)) * Number(field.max));
  }
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest?.(".scrub-picture")) return;
    dragging = true;
    at(event);
  });
  document.addEventListener("pointermove", (event) => {
    if (dragging) at(event);
  });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { dragging = false; });

  window.palierReview = { go };
})();
