// The page that a patient fills alone: STOP is there while a session is on, and only then.
(() => {
  "use strict";
  const palier = window.palier;
  const LOST_AFTER = 4;
  let missed = 0;
  async function poll() {
    try {
      const answer = await fetch("/alone/standing", { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const now = await answer.json();
      missed = 0;
      palier.phaseIs(now.phase);
      palier.rests(!now.on);
    } catch {
      // As it was: a STOP that is there stays.
      missed += 1;
    }
    const gone = document.getElementById("alone-gone");
    if (gone) gone.hidden = missed < LOST_AFTER;
    setTimeout(poll, document.hidden ? 2000 : 500);
  }
  poll();
})();
