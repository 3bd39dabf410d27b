// The time line: intensity, distress, heart rate, markers and commands on one clock, drawn on a canvas.
// Only what is new is asked for. Lines differ by shape and lane as well as by colour.
(() => {
  "use strict";
  const palier = window.palier;
  const COLOUR = {
    text: "#aab3ba", strong: "#dfe3e6", grid: "#2c3238", intensity: "#6fa3c4", area: "rgba(111,163,196,0.16)",
    suds: "#e2b663", heart: "#d98f9b", marker: "#93bfa0", command: "#aab3ba", refused: "#e2b663", stop: "#ff7b6e",
  };
  const SPANS = [300, 0];
  const data = { generation: 0, points: [], next: 0, heart: [], now: 0, steps: 0, phase: "none" };
  let span = 0; // index in SPANS; a short session fits as a whole
  let fetched = 0;

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

  function take(news) {
    if (news.anew) Object.assign(data, { points: [], heart: [], generation: news.generation });
    data.points.push(...news.points);
    if (data.points.length > 4000) data.points.splice(0, data.points.length - 4000);
    data.heart.splice(news.heart_from, data.heart.length, ...news.heart);
    Object.assign(data, { next: news.next, now: news.now, steps: news.steps, phase: news.phase });
    fetched += 1;
    palier.phaseIs(news.phase);
    palier.viewAge(news.preview_age, news.live);
    draw();
  }

  const by = (kind) => data.points.filter((point) => point.kind === kind);

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
    pen.font = '12px system-ui, "Segoe UI", Roboto, sans-serif';
    const box = { left: 34, right: wide - 40, top: 22, bottom: high - 52 };
    const end = Math.max(60, data.now);
    const begin = SPANS[span] ? Math.max(0, end - SPANS[span]) : 0;
    const x = (t) => box.left + ((t - begin) / (end - begin)) * (box.right - box.left);
    const y = (share) => box.bottom - share * (box.bottom - box.top);
    frame(pen, box, begin, end, x, y);
    legend();
    if (!data.points.length) {
      pen.fillStyle = COLOUR.text;
      pen.textAlign = "center";
      pen.fillText(palier.say("timeline.empty"), (box.left + box.right) / 2, (box.top + box.bottom) / 2);
      return;
    }
    pen.save();
    pen.beginPath();
    pen.rect(box.left, 0, box.right - box.left + 1, high);
    pen.clip();
    staircase(pen, box, end, x, y);
    const heartAxis = heart(pen, box, begin, x);
    ratings(pen, x, y, begin);
    lanes(pen, box, x, begin);
    phases(pen, box, x, begin, end);
    pen.restore();
    axes(pen, box, heartAxis);
  }

  function frame(pen, box, begin, end, x, y) {
    pen.strokeStyle = COLOUR.grid;
    pen.lineWidth = 1;
    pen.fillStyle = COLOUR.text;
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      pen.beginPath();
      pen.moveTo(box.left, Math.round(y(share)) + 0.5);
      pen.lineTo(box.right, Math.round(y(share)) + 0.5);
      pen.stroke();
    }
    const every = [10, 30, 60, 120, 300, 600, 1200].find((step) => (end - begin) / step <= 8) || 3600;
    pen.textAlign = "center";
    for (let t = Math.ceil(begin / every) * every; t <= end; t += every) {
      pen.beginPath();
      pen.moveTo(Math.round(x(t)) + 0.5, box.top);
      pen.lineTo(Math.round(x(t)) + 0.5, box.bottom);
      pen.stroke();
      pen.fillText(clock(t), x(t), box.bottom + 48);
    }
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
    for (const point of steps) if (point.value > 0) halo(pen, point.label, x(point.t) + 4, y(point.value) - 4);
  }

  function heart(pen, box, begin, x) {
    const seen = data.heart.filter((point) => point[0] >= begin - 5);
    if (seen.length < 2) return null;
    const values = seen.map((point) => point[1]);
    let low = Math.floor((Math.min(...values) - 4) / 10) * 10;
    let top = Math.ceil((Math.max(...values) + 4) / 10) * 10;
    if (top - low < 30) [low, top] = [low - 10, low + 30];
    const y = (rate) => box.bottom - ((rate - low) / (top - low)) * (box.bottom - box.top);
    pen.beginPath();
    seen.forEach((point, index) => {
      const gap = index > 0 && point[0] - seen[index - 1][0] > 6;
      index && !gap ? pen.lineTo(x(point[0]), y(point[1])) : pen.moveTo(x(point[0]), y(point[1]));
    });
    pen.strokeStyle = COLOUR.heart;
    pen.lineWidth = 1.5;
    pen.stroke();
    return [low, top];
  }

  function ratings(pen, x, y, begin) {
    pen.textAlign = "center";
    for (const point of by("rating")) {
      if (point.label !== "distress" || point.t < begin) continue;
      pen.beginPath();
      pen.arc(x(point.t), y(point.value / 100), 4.5, 0, 7);
      pen.fillStyle = COLOUR.suds;
      pen.fill();
      pen.strokeStyle = "#14171a";
      pen.lineWidth = 1.5;
      pen.stroke();
      halo(pen, String(Math.round(point.value)), x(point.t), y(point.value / 100) - 9);
    }
    pen.strokeStyle = COLOUR.suds;
    for (const point of by("missed")) {
      pen.strokeRect(x(point.t) - 3.5, y(0) - 11, 7, 7);
    }
  }

  // A dark edge keeps figures readable where lines cross them.
  function halo(pen, text, x, y) {
    pen.strokeStyle = "#1c2024";
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }

  function lanes(pen, box, x, begin) {
    const markers = box.bottom + 12;
    const commands = box.bottom + 29;
    for (const point of by("marker")) {
      const [from, to] = [x(point.t), Math.max(x(point.t) + 3, x(point.until || point.t))];
      if (point.until < begin) continue;
      pen.fillStyle = COLOUR.marker;
      pen.fillRect(from, markers - 4, to - from, 8);
    }
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
      pen.moveTo(x(point.t), box.top);
      pen.lineTo(x(point.t), box.bottom);
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

  function phases(pen, box, x, begin, end) {
    const all = by("phase");
    pen.textAlign = "left";
    all.forEach((point, index) => {
      const until = index + 1 < all.length ? all[index + 1].t : end;
      if (until < begin) return;
      const [from, to] = [Math.max(box.left, x(point.t)), x(until)];
      pen.strokeStyle = point.label === "stopped" ? COLOUR.stop : COLOUR.grid;
      pen.beginPath();
      pen.moveTo(Math.round(from) + 0.5, 4);
      pen.lineTo(Math.round(from) + 0.5, box.bottom);
      pen.stroke();
      const word = palier.say("phase." + point.label);
      pen.fillStyle = point.label === "stopped" ? COLOUR.stop : COLOUR.strong;
      if (pen.measureText(word).width + 6 < to - from) pen.fillText(word, from + 4, 14);
    });
  }

  function axes(pen, box, heartAxis) {
    pen.textAlign = "right";
    pen.fillStyle = COLOUR.suds;
    for (const value of [0, 50, 100]) pen.fillText(String(value), box.left - 6, box.bottom - (value / 100) * (box.bottom - box.top) + 4);
    if (heartAxis) {
      pen.textAlign = "left";
      pen.fillStyle = COLOUR.heart;
      pen.fillText(String(heartAxis[1]), box.right + 6, box.top + 4);
      pen.fillText(String(heartAxis[0]), box.right + 6, box.bottom + 4);
    }
  }

  function legend() {
    const button = document.getElementById("timeline-span");
    const word = SPANS[span] ? palier.say("timeline.whole") : palier.say("timeline.last_minutes", { count: SPANS[0] / 60 });
    if (button && button.textContent !== word) button.textContent = word;
    const entries = ["intensity", "suds", "heart", "markers", "commands"];
    const colours = { intensity: COLOUR.intensity, suds: COLOUR.suds, heart: COLOUR.heart, markers: COLOUR.marker, commands: COLOUR.command };
    const list = document.getElementById("timeline-legend");
    if (!list || list.dataset.language === palier.language) return;
    list.dataset.language = palier.language;
    list.replaceChildren(
      ...entries.map((name) => {
        const entry = document.createElement("span");
        entry.className = "legend-" + name;
        entry.style.color = colours[name];
        entry.textContent = palier.say("timeline." + name);
        return entry;
      }),
    );
  }

  document.addEventListener("click", (event) => {
    if (event.target.id !== "timeline-span") return;
    span = 1 - span;
    draw();
  });
  window.addEventListener("resize", draw);
  palier.listeners.push(draw);
  palier.timelineData = () => ({ ...data, fetched });
  poll();
})();
