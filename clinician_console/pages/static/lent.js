// A browser that is handed to a patient shows the patient's page in all its tabs; the server gives it nothing else
// (pages/fence.py). Part of every page.
(() => {
  "use strict";
  const palier = window.palier;
  const ALONE = "/alone";
  const alone = location.pathname === ALONE;
  const tabs = new BroadcastChannel("palier-lent");
  // Told by another tab, by the answer to this page's own heartbeat, or by this page's own button.
  palier.handedOver = () => {
    if (alone) return;
    palier.keepTyped();
    location.replace(ALONE);
  };
  palier.handOver = () => {
    tabs.postMessage("over");
    palier.handedOver();
  };
  palier.handBack = (address) => {
    tabs.postMessage("back");
    location.replace(address);
  };
  tabs.onmessage = (event) => {
    if (event.data === "over") palier.handedOver();
    else if (alone) location.replace("/");
  };
  // A page that the browser has kept as it was is asked for anew.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
