// What is pressed while this page has no connection to its console is not sent, neither then nor later. Socket.IO would
// keep it and send it once the connection is back: a step up that comes ten seconds after the press is nobody's decision.
// STOP does not go this way.
(() => {
  "use strict";
  const palier = window.palier;
  const looking = setInterval(() => {
    const socket = window.socket;
    if (!socket) return;
    clearInterval(looking);
    const emit = socket.emit;
    let met = socket.connected; // before the first time there is no session on the page to decide about
    socket.on("connect", () => {
      met = true;
      palier.unsentIs(false);
    });
    socket.emit = function (name, ...rest) {
      if (name === "event" && met && !this.connected) {
        palier.unsentIs(true);
        return this;
      }
      return emit.call(this, name, ...rest);
    };
  }, 20);
})();
