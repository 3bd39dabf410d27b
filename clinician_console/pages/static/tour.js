// A walk through the page for newcomers, and help at each thing. Neither takes a key or a press away from anything: the
// card lies over the time line alone, and STOP works as always.
(() => {
  "use strict";
  const palier = window.palier;
  const STATIONS = [
    ["view", ".view-panel"], ["ladder", ".pillar.left .panel"], ["rating", ".ratings"], ["actions", ".actions"],
    ["scene", ".turning"], ["timeline", ".timeline-panel"], ["alarms", ".notices"], ["chips", ".chips"], ["stop", "#stop"],
  ];
  // From the narrowest to the widest: the first that holds the pointer or the focus is explained.
  const THINGS = [
    ["step_up", "#step-up"], ["step_down", "#step-down"], ["rung", ".rung"], ["goal", "#mark-goal_reached"], ["ask_rating", "#ask-rating"],
    ["digits", ".keypad"], ["start", "#start"], ["pause", "#pause"], ["safe_place", "#safe_place"], ["resume", "#resume"],
    ["release", "#release"], ["recentre", "#recentre"], ["recovery", "#recovery"], ["debrief", "#debrief"], ["end", "#end"],
    ["tab_scene", "#tab-scene"], ["tab_window", "#tab-window"], ["tab_trial", "#tab-trial"], ["tab_aid", "#tab-aid"],
    ["tab_heart", "#tab-heart"], ["trigger", ".triggers"], ["parameter", ".parameters, .parameter"], ["marks", ".marks"],
    ["note", "#note, #note-save"], ["chips", ".chips"], ["gauges", ".gauges"], ["clocks", ".clocks"], ["alarms", ".notices"],
    ["proposal", ".proposal"], ["timeline", ".timeline-panel"], ["view", ".view-panel"], ["stop", "#stop"],
  ];
  let station = -1;
  let helping = false;
  let marked = null;

  const at = (id) => document.getElementById(id);

  function mark(element) {
    if (marked) marked.classList.remove("is-pointed-at");
    marked = element;
    if (marked) marked.classList.add("is-pointed-at");
  }

  function show() {
    const card = at("tour");
    if (!card) return;
    const touring = station >= 0;
    card.hidden = !(touring || helping);
    at("tour-back").hidden = at("tour-next").hidden = !touring;
    at("tour-close").textContent = palier.say(touring ? "tour.skip" : "tour.close");
    at("tour-back").textContent = palier.say("tour.back");
    at("tour-next").textContent = palier.say(station === STATIONS.length - 1 ? "tour.done" : "tour.next");
    at("tour-back").disabled = station === 0;
    const toggle = at("help");
    if (toggle) toggle.setAttribute("aria-pressed", String(helping));
    if (touring) {
      const [name, where] = STATIONS[station];
      mark(document.querySelector(where));
      at("tour-count").textContent = palier.say("tour.count", { number: station + 1, total: STATIONS.length });
      at("tour-title").textContent = palier.say("tour." + name + "_title");
      at("tour-text").textContent = palier.say("tour." + name);
    } else if (helping && !marked) {
      at("tour-count").textContent = "";
      at("tour-title").textContent = palier.say("tour.help_title");
      at("tour-text").textContent = palier.say("tour.help");
    } else if (!helping) mark(null);
  }

  function explain(event) {
    if (!helping || station >= 0 || !(event.target instanceof Element) || event.target.closest("#tour, #help")) return;
    for (const [name, where] of THINGS) {
      const found = event.target.closest(where);
      if (!found) continue;
      mark(found);
      at("tour-count").textContent = "";
      at("tour-title").textContent = palier.say("help." + name + "_title");
      at("tour-text").textContent = palier.say("help." + name);
      return;
    }
  }

  palier.tour = () => {
    helping = false;
    station = 0;
    show();
  };

  // A walk that came by itself goes by itself where a person's session begins: it would lie over the start checks.
  palier.tourGivesWay = () => {
    palier.config.tour = false;
    if (station < 0) return;
    station = -1;
    mark(null);
    show();
  };

  function leave() {
    const toured = station >= 0;
    station = -1;
    helping = false;
    mark(null);
    show();
    if (toured) emitEvent("palier_tour_seen", true);
  }

  document.addEventListener("DOMContentLoaded", () => {
    at("tour-next").addEventListener("click", () => {
      station += 1;
      if (station >= STATIONS.length) leave();
      else show();
    });
    at("tour-back").addEventListener("click", () => {
      station = Math.max(0, station - 1);
      show();
    });
    at("tour-close").addEventListener("click", leave);
    document.addEventListener("pointerover", explain);
    document.addEventListener("focusin", explain);
    document.addEventListener("click", (event) => {
      if (!(event.target instanceof Element) || !event.target.closest("#help")) return;
      helping = !helping;
      station = -1;
      mark(null);
      show();
    });
    palier.listeners.push(show);
    if (palier.config.tour) setTimeout(() => palier.config.tour && palier.tour(), 900);
  });
})();
