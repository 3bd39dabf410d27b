// STOP and the page's heartbeat. Loaded first, depends on nothing else on the page, works while everything else hangs.
(() => {
  "use strict";
  const config = JSON.parse(document.getElementById("palier-config").textContent);
  const palier = (window.palier = { config, language: config.language, phase: "none", listeners: [] });
  palier.say = (key, fields) =>
    (config.words[palier.language][key] || key).replace(/\{(\w+)\}/g, (_, name) => (fields || {})[name] ?? "");

  const OVERDUE_MS = 500;
  const SECOND_WAY_MS = 150;
  const SETTLED_MS = 1000;
  let current = null;
  let unsent = false;
  // Only the page in a patient's hands rests, and only as long as the console says that no session is on.
  let resting = config.rests === true;

  const random = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
  const tab = random();
  const at = (id) => document.getElementById(id);

  function stop() {
    if (resting) return;
    const now = performance.now();
    // The same press told twice, or a second one while the first is on its way, is one STOP.
    if (current && !current.confirmed && now - current.began < OVERDUE_MS) return;
    const press = { name: random(), began: now, time: new Date().toTimeString().slice(0, 8), confirmed: false };
    current = press;
    show();
    ask(press, tell(press, config.safety));
    setTimeout(() => press.heard || secondWay(press), SECOND_WAY_MS);
    setTimeout(() => press === current && !press.confirmed && show(), OVERDUE_MS);
  }

  const tell = (press, base) =>
    fetch(base + "/stop", {
      method: "POST", body: press.name, mode: "cors", credentials: "include", keepalive: true, cache: "no-store",
    });

  function ask(press, told) {
    told
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
      .then((answer) => {
        press.heard = true;
        if (answer.confirmed) confirm(press);
        else later(press, config.safety);
      })
      .catch(() => secondWay(press));
  }

  function secondWay(press) {
    if (press.second) return;
    press.second = true;
    // A beacon leaves even while the page is being closed; the page's own server is another way to the same core.
    navigator.sendBeacon(config.safety + "/stop", press.name);
    navigator.sendBeacon("/stop", press.name);
    later(press, config.safety);
  }

  // Ask again, at both doors in turn, until it is confirmed or a newer press has taken its place. A door that never heard
  // of this press (there was no connection when it was told) is told again: the same name twice is one STOP.
  function later(press, base) {
    if (press.asking) return;
    press.asking = true;
    setTimeout(() => {
      press.asking = false;
      if (press !== current || press.confirmed) return;
      const next = base ? "" : config.safety;
      fetch(base + "/stop?press=" + press.name, { credentials: "include", cache: "no-store" })
        .then((answer) => (answer.status === 404 ? tell(press, base) : answer))
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
        .then((answer) => (answer.confirmed ? confirm(press) : later(press, base)))
        .catch(() => later(press, next));
    }, 120);
  }

  function confirm(press) {
    if (press.confirmed) return;
    press.confirmed = true;
    press.confirmedAt = performance.now();
    press.took = press.confirmedAt - press.began;
    show();
  }

  function show() {
    const button = at("stop");
    if (!button) return;
    const overdue = current && !current.confirmed && performance.now() - current.began >= OVERDUE_MS - 1;
    at("stop-label").textContent = palier.say("stop.label");
    at("stop-keys").textContent = palier.say("stop.keys");
    // Stopped by something else than a press on this page: another tab, the patient's own button.
    const elsewhere = !current && palier.phase === "stopped";
    let text = elsewhere ? palier.say("stop.stopped") : "";
    if (current && current.confirmed)
      text = palier.say("stop.confirmed", { time: current.time, ms: Math.round(current.took) });
    else if (overdue) text = palier.say("stop.unconfirmed");
    else if (current) text = palier.say("stop.sending");
    at("stop-state").textContent = text;
    button.dataset.state = elsewhere ? "confirmed" : !current ? "ready" : current.confirmed ? "confirmed" : overdue ? "unconfirmed" : "sending";
    const banner = at("stop-banner");
    if (overdue) {
      const seconds = Math.floor((performance.now() - current.began) / 1000);
      banner.textContent = palier.say("stop.unconfirmed") + " – " + palier.say("stop.use_headset");
      banner.dataset.more = palier.say("stop.again", { count: seconds });
    } else if (gone) {
      banner.textContent = palier.say("stop.console_gone");
      banner.dataset.more = "";
    } else if (unsent) {
      banner.textContent = palier.say("stop.unsent");
      banner.dataset.more = "";
    }
    banner.hidden = resting || !(overdue || gone || unsent);
    button.hidden = resting;
  }
  palier.showStop = show;

  // Something was pressed without a connection, and was not sent: said until the connection is back.
  palier.unsentIs = (is) => {
    unsent = is;
    show();
  };

  palier.rests = (is) => {
    if (config.rests === undefined || resting === is) return;
    resting = is;
    show();
  };

  // The record says that the stop was released: the button is ready again.
  palier.phaseIs = (phase) => {
    const left = palier.phase === "stopped" && phase !== "stopped";
    // The state may lag behind the confirmation for a moment; after that a session that is not stopped was released.
    const settled = current && current.confirmed && performance.now() - current.confirmedAt > SETTLED_MS;
    if (current && current.confirmed && (left || (settled && phase !== "stopped"))) current = null;
    palier.phase = phase;
    show();
  };

  palier.speak = (language) => {
    palier.language = language;
    document.documentElement.lang = language;
    show();
    palier.listeners.forEach((listener) => listener());
  };

  // Capture phase on window, registered before any other script: no focus, no field, no dialog can take these keys.
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" && event.key !== "F8") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!event.repeat) stop();
    },
    { capture: true },
  );

  // The heartbeat. A worker keeps the time, since timers of a hidden tab are slowed; the ping itself comes from this
  // thread, so that a page that hangs falls silent.
  let gone = false;
  let lastGood = performance.now();
  let underway = false;
  function beat() {
    if (!underway) {
      underway = true;
      fetch(config.safety + "/beat", {
        method: "POST", body: tab, mode: "cors", credentials: "include", cache: "no-store",
        signal: AbortSignal.timeout(1500),
      })
        .then((answer) => {
          if (answer.ok) lastGood = performance.now();
          return answer.json();
        })
        .then((told) => told.lent && palier.handedOver())
        .catch(() => {})
        .finally(() => (underway = false));
    }
    const silent = performance.now() - lastGood > 2000;
    const waits = current && !current.confirmed;
    if (silent !== gone || waits) {
      gone = silent;
      show();
    }
  }
  const metronome = new Worker("/static/metronome.js");
  metronome.onmessage = beat;
  beat();

  document.addEventListener("DOMContentLoaded", () => {
    const button = at("stop");
    // pointerdown is sooner than click; a click without a pointer (detail 0) comes from the keyboard.
    button.addEventListener("pointerdown", stop);
    button.addEventListener("click", (event) => event.detail === 0 && stop());
    document.documentElement.lang = palier.language;
    show();
  });
})();
