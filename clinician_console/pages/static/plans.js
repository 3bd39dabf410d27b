// The plan builder: pictures come when they have been drawn, and the focus goes where the work goes on.
(() => {
  "use strict";
  const palier = window.palier;
  const known = new Map();

  palier.focusSoon = (id, tries = 40) => {
    const element = document.getElementById(id);
    if (element) {
      element.focus({ preventScroll: true });
      element.scrollIntoView({ block: "nearest" });
    } else if (tries > 0) setTimeout(() => palier.focusSoon(id, tries - 1), 50);
  };

  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.bottom > -200 && box.top < innerHeight + 200;
  };

  // One request at a time; what is not there yet is asked for again later, and only while it can be seen.
  const waited = new Map();
  async function look() {
    let pause = 300;
    try {
      const now = performance.now();
      const missing = [...document.querySelectorAll("img[data-picture]:not([src])")];
      missing.forEach((image) => known.has(image.dataset.picture) && (image.src = known.get(image.dataset.picture)));
      const next = missing.find((image) => !image.src && seen(image) && (waited.get(image.dataset.picture) || 0) < now);
      if (next && !document.hidden) {
        const address = next.dataset.picture;
        const answer = await fetch(address);
        if (answer.status === 200) {
          known.set(address, URL.createObjectURL(await answer.blob()));
          next.src = known.get(address);
          pause = 0;
        } else {
          waited.set(address, now + (answer.status === 204 ? 2500 : 60000));
          pause = 20;
        }
      }
    } catch {
      pause = 3000;
    }
    setTimeout(look, pause);
  }
  look();
})();
