// What every page beside the one that drives a session shares: the strip that says how the session stands.
(() => {
  "use strict";
  const palier = window.palier;
  async function poll() {
    try {
      const answer = await fetch("/standing", { cache: "no-store" });
      if (answer.ok) {
        const now = await answer.json();
        palier.phaseIs(now.phase);
        const strip = document.getElementById("strip");
        if (strip) {
          strip.dataset.standing = now.standing;
          const at = (id, text) => {
            const element = document.getElementById(id);
            if (element && element.textContent !== text) element.textContent = text;
          };
          at("strip-phase", palier.say("phase." + now.phase));
          at("strip-who", now.who);
          at("strip-step", now.step ? palier.say("strip.step", { step: now.step, total: now.total }) : "");
          at("strip-alarms", now.alarms ? palier.say(now.alarms === 1 ? "strip.alarm" : "strip.alarms", { count: now.alarms }) : "");
        }
      }
    } catch {
      // The next one will do; safety.js says when the console is gone.
    }
    setTimeout(poll, document.hidden ? 2000 : 500);
  }
  poll();
  // A page that is to be drawn anew after something was kept waits where somebody has begun to go elsewhere meanwhile: its
  // own way would win over theirs, and they would stay with the patient whom they have just left. Nothing tells a download
  // from another page at this point, hence a wait and not an end to it.
  const AWAY_MS = 10000;
  let left = -AWAY_MS;
  window.addEventListener("beforeunload", () => (left = performance.now()));
  palier.loadAnew = () => setTimeout(() => location.reload(), Math.max(0, left + AWAY_MS - performance.now()));
  // NiceGUI's elements come a moment after the document: give back what was typed once they stand.
  window.addEventListener("load", () => setTimeout(palier.giveBackTyped, 600));
})();
