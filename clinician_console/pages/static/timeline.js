// The time line: intensity, distress, heart rate, markers and commands on one clock, drawn on a canvas.
// Only what is new is asked for. Lines differ by shape and lane as well as by colour.
(() => {
  "use strict";
  const palier = window.palier;
  // From colours.css, so that both themes have one list; read again when the theme changes.
  const NAMES = {
    text: "dim", strong: "text", grid: "hair", intensity: "calm", area: "area", suds: "warning-text", heart: "heart",
    marker: "ok", command: "dim", refused: "warning-text", stop: "danger", edge: "ground", panel: "panel",
  };
  const BANDS = { exposure: "band-exposure", stopped: "band-stopped", paused: "band-paused", safe_place: "band-safe", other: "raised" };
  const COLOUR = {};
  const BAND = {};
  function colours() {
    const style = getComputedStyle(document.documentElement);
    for (const [name, variable] of Object.entries(NAMES)) COLOUR[name] = style.getPropertyValue("--" + variable).trim();
    for (const [name, variable] of Object.entries(BANDS)) BAND[name] = style.getPropertyValue("--" + variable).trim();
  }
  colours();
  const FONT = '12px system-ui, "Segoe UI", Roboto, sans-serif';
  const SPANS = [300, 0];
  const MOST = 4000;
  const LASTING = new Set(["phase", "intensity", "rating", "missed", "stop"]);
  const data = { generation: 0, points: [], next: 0, heart: [], now: 0, steps: 0, phase: "none" };
  let span = 0; // index in SPANS; a short session fits as a whole
  let fetched = 0;
  let written = []; // words beside the markers of the last picture

  async function poll() {
    try {
      const from = Math.max(0, data.heart.length - 1);
      const query = `since=${data.next}&heart=${from}&generation=${data.generation}`;
      const answer = await fetch("/timeline?" + query, { cache: "no-store" });
      if (answer.ok) take(await answer.json());
    } catch {
      // The next one will do.
    }
    setTimeout(poll, document.hidden ? 2000 : 400);
  }

  // As the console's core does: what the whole session's picture is made of stays longest.
  function bounded(points, most) {
    let over = points.length - most;
    if (over <= 0) return points;
    const kept = points.filter((point) => LASTING.has(point.kind) || over-- <= 0);
    return kept.slice(Math.max(0, kept.length - most));
  }

  function take(news) {
    if (news.anew) Object.assign(data, { points: [], heart: [], generation: news.generation });
    data.points.push(...news.points);
    data.points = bounded(data.points, MOST);
    data.heart.splice(news.heart_from, data.heart.length, ...news.heart);
    Object.assign(data, { next: news.next, now: news.now, steps: news.steps, phase: news.phase });
    fetched += 1;
    palier.phaseIs(news.phase);
    palier.viewAge(news.preview_age, news.live);
    draw();
  }

  const by = (kind) => data.points.filter((point) => point.kind === kind);

  // Two fields on one clock, distress with intensity above the heart, so that no line hides another's figures.
  const LEFT = 88;
  const RIGHT = 44;
  const PHASES = 20;
  const LANES = 71;

  function fields(wide, high) {
    const [top, bottom] = [PHASES + 6, high - LANES];
    const split = top + (bottom - top) * 0.6;
    return {
      left: LEFT, right: wide - RIGHT, high,
      upper: { top, bottom: split - 5 }, lower: { top: split + 5, bottom },
      markers: bottom + 13, course: bottom + 29, commands: bottom + 45, clock: bottom + 64,
    };
  }

  function draw() {
    const canvas = document.getElementById("timeline");
    if (!canvas || !canvas.clientWidth) return;
    const ratio = window.devicePixelRatio || 1;
    const [wide, high] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(high * ratio)) {
      [canvas.width, canvas.height] = [Math.round(wide * ratio), Math.round(high * ratio)];
    }
    canvas.setAttribute("aria-label", palier.say("timeline.label"));
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, wide, high);
    pen.font = FONT;
    const box = fields(wide, high);
    const end = Math.max(60, data.now);
    const begin = SPANS[span] ? Math.max(0, end - SPANS[span]) : 0;
    const x = (t) => box.left + ((t - begin) / (end - begin)) * (box.right - box.left);
    const y = (share) => box.upper.bottom - share * (box.upper.bottom - box.upper.top);
    const rates = heartRange(begin);
    frame(pen, box, begin, end, x, y);
    axes(pen, box, y, rates);
    legend();
    if (!data.points.length) {
      pen.fillStyle = COLOUR.text;
      pen.textAlign = "center";
      halo(pen, palier.say("timeline.empty"), (box.left + box.right) / 2, (box.upper.top + box.upper.bottom) / 2);
      return;
    }
    pen.save();
    pen.beginPath();
    pen.rect(box.left, 0, box.right - box.left + 1, high);
    pen.clip();
    staircase(pen, box, end, x, y);
    if (rates) heart(pen, box, begin, x, rates);
    phases(pen, box, x, begin, end);
    course(pen, box, x, begin, end);
    lanes(pen, box, x, begin);
    ratings(pen, box, x, y, begin);
    pen.restore();
  }

  function frame(pen, box, begin, end, x, y) {
    pen.strokeStyle = COLOUR.grid;
    pen.lineWidth = 1;
    const across = (from, to, height) => line(pen, from, Math.round(height) + 0.5, to, Math.round(height) + 0.5);
    for (const share of [0, 0.5, 1]) across(box.left, box.right, y(share));
    for (const height of [box.lower.top, box.lower.bottom, box.markers, box.course, box.commands]) across(box.left, box.right, height);
    const every = [10, 30, 60, 120, 300, 600, 1200].find((step) => (end - begin) / step <= 8) || 3600;
    pen.textAlign = "center";
    pen.fillStyle = COLOUR.text;
    for (let t = Math.ceil(begin / every) * every; t <= end; t += every) {
      const at = Math.round(x(t)) + 0.5;
      line(pen, at, box.upper.top, at, box.upper.bottom);
      line(pen, at, box.lower.top, at, box.lower.bottom);
      if (at < box.right - 8 && at > box.left + 14) pen.fillText(clock(t), at, box.clock);
    }
  }

  function line(pen, x1, y1, x2, y2) {
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
  }

  const clock = (t) => `${Math.floor(t / 60)}:${String(Math.floor(t % 60)).padStart(2, "0")}`;

  function staircase(pen, box, end, x, y) {
    const steps = by("intensity");
    if (!steps.length) return;
    pen.beginPath();
    pen.moveTo(x(steps[0].t), y(0));
    steps.forEach((point, index) => {
      const until = index + 1 < steps.length ? steps[index + 1].t : end;
      pen.lineTo(x(point.t), y(point.value));
      pen.lineTo(x(until), y(point.value));
    });
    pen.strokeStyle = COLOUR.intensity;
    pen.lineWidth = 2;
    pen.stroke();
    pen.lineTo(x(end), y(0));
    pen.fillStyle = COLOUR.area;
    pen.fill();
    pen.fillStyle = COLOUR.intensity;
    pen.textAlign = "left";
    for (const point of steps) if (point.value > 0) halo(pen, point.label, Math.min(x(point.t) + 4, box.right - 10), y(point.value) - 4);
  }

  // Lowest and highest rate of the axis, in tens; null where there is too little to draw.
  function heartRange(begin) {
    const values = data.heart.filter((point) => point[0] >= begin - 5).map((point) => point[1]);
    if (values.length < 2) return null;
    let low = Math.floor((Math.min(...values) - 2) / 10) * 10;
    let top = Math.ceil((Math.max(...values) + 2) / 10) * 10;
    if (top - low < 30) [low, top] = [low - 10, low + 20];
    return [low, top];
  }

  function heart(pen, box, begin, x, [low, top]) {
    const seen = data.heart.filter((point) => point[0] >= begin - 5);
    const y = (rate) => box.lower.bottom - ((rate - low) / (top - low)) * (box.lower.bottom - box.lower.top);
    pen.beginPath();
    seen.forEach((point, index) => {
      const gap = index > 0 && point[0] - seen[index - 1][0] > 6;
      index && !gap ? pen.lineTo(x(point[0]), y(point[1])) : pen.moveTo(x(point[0]), y(point[1]));
    });
    pen.strokeStyle = COLOUR.heart;
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  function ratings(pen, box, x, y, begin) {
    pen.textAlign = "center";
    for (const point of by("rating")) {
      if (point.label !== "distress" || point.t < begin) continue;
      const [px, py] = [x(point.t), y(point.value / 100)];
      pen.beginPath();
      pen.arc(px, py, 4.5, 0, 7);
      pen.fillStyle = COLOUR.suds;
      pen.fill();
      pen.strokeStyle = COLOUR.edge;
      pen.lineWidth = 1.5;
      pen.stroke();
      const under = py - 18 < box.upper.top - 4;
      halo(pen, String(Math.round(point.value)), Math.max(box.left + 12, Math.min(px, box.right - 12)), under ? py + 16 : py - 8);
    }
    pen.strokeStyle = COLOUR.suds;
    for (const point of by("missed")) {
      pen.strokeRect(x(point.t) - 3.5, y(0) - 11, 7, 7);
    }
  }

  // A dark edge keeps figures readable where lines cross them.
  function halo(pen, text, x, y) {
    pen.strokeStyle = COLOUR.panel;
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }

  // Where words stand beside their bars: to the right, before the next bar; else to the left, after all that is there.
  // A word without room is left out. Bars are {from, to, wide} in the order of from; the answer: {bar, at}.
  // Bars of one word that follow close upon one another share it.
  function placeWords(all, left, right) {
    const bars = [];
    for (const bar of all) {
      const last = bars[bars.length - 1];
      if (last && last.word === bar.word && bar.from - last.to < bar.wide) last.to = Math.max(last.to, bar.to);
      else bars.push({ ...bar });
    }
    const placed = [];
    let [taken, ends] = [left, left]; // a word or a bar reaches up to here
    bars.forEach((bar, index) => {
      const before = Math.max(taken, ends);
      ends = Math.max(ends, bar.to);
      const next = index + 1 < bars.length ? bars[index + 1].from : right;
      if (ends + 4 + bar.wide + 4 <= next) {
        placed.push({ bar, at: ends + 4 });
        taken = ends + 4 + bar.wide;
      } else if (index + 1 === bars.length && before + 4 + bar.wide + 4 <= bar.from) {
        placed.push({ bar, at: bar.from - 4 - bar.wide });
      }
    });
    return placed;
  }

  // Avoidance is a full bar, the heart a hollow one, all else a thin one; with words where there is room.
  function markerLane(pen, box, x, begin) {
    const lane = box.markers;
    pen.textAlign = "left";
    const bars = by("marker")
      .filter((point) => (point.until || point.t) >= begin)
      .map((point) => {
        const [from, said] = [Math.max(box.left, x(point.t)), palier.say("marker." + point.label)];
        const word = said.startsWith("marker.") ? point.label : said; // of a newer runtime
        const to = Math.min(box.right, Math.max(from + 3, x(point.until || point.t)));
        return { from, to, word, wide: pen.measureText(word).width, group: point.group };
      })
      .sort((one, two) => one.from - two.from);
    for (const { from, to, group } of bars) {
      pen.fillStyle = pen.strokeStyle = group === "heart" ? COLOUR.heart : COLOUR.marker;
      pen.lineWidth = 1.5;
      if (group === "avoidance") pen.fillRect(from, lane - 4, to - from, 8);
      else if (group === "heart") pen.strokeRect(from + 0.75, lane - 3.25, Math.max(1.5, to - from - 1.5), 6.5);
      else pen.fillRect(from, lane - 2, to - from, 4);
    }
    const placed = placeWords(bars, box.left, box.right);
    for (const { bar, at } of placed) {
      pen.fillStyle = bar.group === "heart" ? COLOUR.heart : COLOUR.marker;
      halo(pen, bar.word, at, lane + 4);
    }
    written = placed.map(({ bar }) => bar.word);
  }

  function lanes(pen, box, x, begin) {
    const { commands } = box;
    markerLane(pen, box, x, begin);
    for (const point of by("command")) {
      if (point.t < begin) continue;
      pen.strokeStyle = point.accepted ? COLOUR.command : COLOUR.refused;
      pen.lineWidth = 1.5;
      pen.beginPath();
      if (point.accepted) {
        pen.moveTo(x(point.t), commands - 5);
        pen.lineTo(x(point.t), commands + 5);
      } else {
        pen.moveTo(x(point.t) - 4, commands - 4);
        pen.lineTo(x(point.t) + 4, commands + 4);
        pen.moveTo(x(point.t) + 4, commands - 4);
        pen.lineTo(x(point.t) - 4, commands + 4);
      }
      pen.stroke();
    }
    pen.fillStyle = COLOUR.stop;
    pen.strokeStyle = COLOUR.stop;
    for (const point of by("stop")) {
      pen.fillRect(x(point.t) - 5, commands - 5, 10, 10);
      pen.setLineDash([3, 3]);
      pen.beginPath();
      pen.moveTo(x(point.t), PHASES);
      pen.lineTo(x(point.t), box.lower.bottom);
      pen.stroke();
      pen.setLineDash([]);
    }
    pen.fillStyle = COLOUR.intensity;
    for (const point of by("trigger")) {
      pen.beginPath();
      pen.moveTo(x(point.t), commands - 6);
      pen.lineTo(x(point.t) + 5, commands + 4);
      pen.lineTo(x(point.t) - 5, commands + 4);
      pen.fill();
    }
  }

  // Windows and trials are bars, marks diamonds, compulsions crosses, proposals rings (full: followed), what was taken
  // on a square, what the protocol advises against a triangle.
  function course(pen, box, x, begin, end) {
    const lane = box.course;
    const spans = { window: COLOUR.suds, trial: COLOUR.intensity };
    for (const kind of Object.keys(spans)) {
      const open = new Map();
      const bar = (from, to) => {
        if (to < begin) return;
        const low = kind === "window" ? lane - 5 : lane + 1;
        pen.fillStyle = spans[kind];
        pen.fillRect(x(from), low, Math.max(3, x(to) - x(from)), 4);
      };
      for (const point of by(kind)) {
        if (point.label === "opened") open.set(point.id, point.t);
        else if (open.has(point.id)) {
          bar(open.get(point.id), point.t);
          open.delete(point.id);
        }
      }
      for (const from of open.values()) bar(from, end);
    }
    const answers = new Map(by("answer").map((point) => [point.id, point.label]));
    pen.lineWidth = 1.5;
    const shape = (corners, fill) => {
      pen.beginPath();
      corners.forEach(([px, py], index) => (index ? pen.lineTo(px, py) : pen.moveTo(px, py)));
      pen.closePath();
      fill ? pen.fill() : pen.stroke();
    };
    for (const point of data.points) {
      if (point.t < begin) continue;
      const px = x(point.t);
      pen.fillStyle = pen.strokeStyle = COLOUR.strong;
      if (point.kind === "mark") shape([[px, lane - 6], [px + 5, lane], [px, lane + 6], [px - 5, lane]], true);
      else if (point.kind === "override") shape([[px - 4, lane - 4], [px + 4, lane - 4], [px + 4, lane + 4], [px - 4, lane + 4]], false);
      else if (point.kind === "check" && point.against) pen.fillRect(px - 1, lane - 4, 2, 8);
      else if (point.kind === "cut_short" || point.kind === "at_peak") shape([[px - 5, lane + 4], [px + 5, lane + 4], [px, lane - 5]], false);
      else if (point.kind === "compulsion") {
        pen.strokeStyle = COLOUR.stop;
        pen.beginPath();
        for (const sign of [-1, 1]) {
          pen.moveTo(px - 4, lane - 4 * sign);
          pen.lineTo(px + 4, lane + 4 * sign);
        }
        pen.stroke();
      } else if (point.kind === "proposal") {
        const answer = answers.get(point.id);
        pen.strokeStyle = pen.fillStyle = answer === "withdrawn" ? COLOUR.grid : COLOUR.strong;
        pen.beginPath();
        pen.arc(px, lane, 4.5, 0, 7);
        answer === "follow" ? pen.fill() : pen.stroke();
      }
    }
  }

  // A band of its own above the fields; what is no exposure is tinted there, so that gaps explain themselves.
  function phases(pen, box, x, begin, end) {
    const all = by("phase");
    pen.textAlign = "left";
    all.forEach((point, index) => {
      const until = index + 1 < all.length ? all[index + 1].t : end;
      if (until < begin) return;
      const [from, to] = [Math.max(box.left, x(point.t)), x(until)];
      pen.fillStyle = BAND[point.label] || BAND.other;
      pen.fillRect(from, 1, Math.max(1, to - from - 1), PHASES - 3);
      const word = palier.say("phase." + point.label);
      pen.fillStyle = COLOUR.strong;
      if (pen.measureText(word).width + 8 < to - from) pen.fillText(word, from + 4, 14);
    });
  }

  function axes(pen, box, y, rates) {
    pen.textAlign = "right";
    pen.fillStyle = COLOUR.suds;
    const side = box.left - 6;
    for (const value of [0, 50, 100]) pen.fillText(String(value), side, y(value / 100) + 4);
    pen.fillStyle = COLOUR.intensity;
    pen.textAlign = "left";
    for (const value of [0, 50, 100]) pen.fillText(value + " %", box.right + 5, y(value / 100) + 4);
    pen.textAlign = "right";
    pen.fillStyle = COLOUR.heart;
    if (rates) {
      pen.fillText(String(rates[1]), side, box.lower.top + 8);
      pen.fillText(String(rates[0]), side, box.lower.bottom + 1);
    }
    pen.fillStyle = COLOUR.marker;
    pen.fillText(fit(pen, palier.say("timeline.markers"), LEFT - 8), side, box.markers + 4);
    pen.fillStyle = COLOUR.strong;
    pen.fillText(fit(pen, palier.say("timeline.course"), LEFT - 8), side, box.course + 4);
    pen.fillStyle = COLOUR.command;
    pen.fillText(fit(pen, palier.say("timeline.commands"), LEFT - 8), side, box.commands + 4);
    pen.fillText(palier.say("timeline.clock_axis"), side, box.clock);
    upright(pen, "timeline.suds", COLOUR.suds, box.upper);
    upright(pen, "timeline.heart_short", COLOUR.heart, box.lower);
  }

  // The name of an axis, along it.
  function upright(pen, key, colour, field) {
    const word = palier.say(key);
    pen.save();
    pen.translate(13, (field.top + field.bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = "center";
    pen.fillStyle = colour;
    pen.fillText(fit(pen, word, field.bottom - field.top + 16), 0, 0);
    pen.restore();
  }

  function fit(pen, word, room) {
    let text = word;
    while (text.length > 3 && pen.measureText(text).width > room) text = text.slice(0, -2) + ".";
    return text;
  }

  function legend() {
    const spans = [
      [document.getElementById("timeline-minutes"), palier.say("timeline.minutes", { count: SPANS[0] / 60 })],
      [document.getElementById("timeline-whole"), palier.say("timeline.session")],
    ];
    spans.forEach(([button, word], index) => {
      if (!button) return;
      if (button.textContent !== word) button.textContent = word;
      button.setAttribute("aria-pressed", String(span === index));
    });
    const entries = ["intensity", "suds", "heart"];
    const list = document.getElementById("timeline-legend");
    const drawn = palier.language + " " + document.documentElement.dataset.theme;
    if (!list || list.dataset.drawn === drawn) return;
    list.dataset.drawn = drawn;
    list.replaceChildren(
      ...entries.map((name) => {
        const entry = document.createElement("span");
        entry.className = "legend-" + name;
        entry.style.color = COLOUR[name];
        entry.textContent = palier.say("timeline." + name);
        return entry;
      }),
    );
  }

  document.addEventListener("click", (event) => {
    const wanted = ["timeline-minutes", "timeline-whole"].indexOf(event.target.id);
    if (wanted < 0) return;
    span = wanted;
    draw();
  });
  window.addEventListener("resize", draw);
  palier.listeners.push(() => {
    colours();
    draw();
  });
  palier.timelineData = () => ({ ...data, fetched, written });
  palier.placeWords = placeWords;
  palier.boundedPoints = bounded;
  poll();
})();
