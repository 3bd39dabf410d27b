"use strict";
(() => {
  const body = document.body, id = body.dataset.sheet, key = "palier-homework-" + id;
  const at = (name) => document.getElementById(name);
  const order = ["exercise", "date", "before", "peak", "after", "stayed", "situation", "learned"];
  const ratings = ["before", "peak", "after"];
  let entries = [], serial = 0;

  // Storage may be missing or forbidden (private windows, files on some phones): the page works without it.
  const kept = () => { try { return JSON.parse(localStorage.getItem(key) || "[]"); } catch { return []; } };
  const keep = () => {
    let there = false;
    try { localStorage.setItem(key, JSON.stringify(entries)); there = localStorage.getItem(key) !== null; } catch { /* said below */ }
    at("kept").textContent = there ? body.dataset.kept : body.dataset.notKept;
    at("kept").className = there ? "sub" : "warn";
  };

  const blank = () => ({ exercise: 0, date: "", situation: "", before: null, peak: null, after: null, stayed: "", learned: "" });
  const text = (value) => [...String(value ?? "").replace(/[\u0000-\u001f\u007f-\u009f\ufeff\s]+/g, " ").trim()].slice(0, 300).join("").trim();
  const rating = (value) => {
    const typed = String(value ?? "").trim();
    if (!/^\d{1,3}$/.test(typed)) return null;
    return Number(typed) <= 100 ? Number(typed) : null;
  };
  const clean = (entry) => {
    const one = blank();
    const number = Number(entry.exercise);
    if (Number.isInteger(number) && number >= 0 && number <= 6) one.exercise = number;
    if (/^\d{4}-\d\d-\d\d$/.test(entry.date)) one.date = entry.date;
    for (const name of ratings) one[name] = rating(entry[name]);
    if (["eased", "planned", "left"].includes(entry.stayed)) one.stayed = entry.stayed;
    one.situation = text(entry.situation);
    one.learned = text(entry.learned);
    return one;
  };
  const filled = (entry) => order.some((name) => name !== "exercise" && name !== "date" && entry[name] !== "" && entry[name] !== null);
  const done = () => entries.map(clean).filter(filled);

  const draw = () => {
    at("entries").replaceChildren(...entries.map(form));
    at("add").hidden = entries.length >= Number(body.dataset.most);
  };
  const form = (entry, place) => {
    const part = at("entry").content.cloneNode(true), box = part.querySelector(".entry"), mine = ++serial;
    box.querySelector("legend").textContent = body.dataset.entry + " " + (place + 1);
    box.id = "entry-" + (place + 1);
    for (const field of box.querySelectorAll("[data-field]")) {
      const name = field.dataset.field;
      if (field.type === "radio") {
        field.name = name + "-" + mine;
        field.checked = String(entry[name]) === field.value;
      } else {
        field.value = entry[name] ?? "";
      }
      field.addEventListener("input", () => {
        entry[name] = field.value;
        keep();
      });
    }
    const remove = box.querySelector("[data-remove]");
    remove.addEventListener("click", () => {
      if (remove.dataset.sure) {
        entries.splice(entries.indexOf(entry), 1);
        keep();
        draw();
        at("add").focus();
      } else {
        remove.dataset.sure = "1";
        remove.textContent = body.dataset.removeSure;
      }
    });
    remove.addEventListener("blur", () => { delete remove.dataset.sure; remove.textContent = body.dataset.remove; });
    return box;
  };

  const file = () => JSON.stringify({ palier: "homework", format: 1, sheet: id, entries: done() }, null, 1);
  const name = "homework-" + id + ".json";
  const say = (what) => { at("status").textContent = what; };

  // CRC-32 as in ZIP files, of the lines' UTF-8: the console takes the same.
  const crc = (what) => {
    let sum = ~0;
    for (const byte of new TextEncoder().encode(what)) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return (~sum >>> 0).toString(16).toUpperCase().padStart(8, "0");
  };
  const code = () => {
    const lines = ["PALIER HOMEWORK 1", "SHEET " + id.match(/.{4}/g).join("-")];
    for (const entry of done()) {
      lines.push(text2(order.map((field) => String(entry[field] ?? "").replaceAll("|", "/")).join(" | ")));
    }
    return [...lines, "CHECK " + crc(lines.join("\n")), ""].join("\n");
  };
  const text2 = (line) => line.normalize("NFC").replace(/\s+/g, " ").trim();

  at("add").addEventListener("click", () => {
    const now = new Date(), two = (number) => String(number).padStart(2, "0");
    entries.push({ ...blank(), exercise: "", date: now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate()) });
    keep();
    draw();
    at("entry-" + entries.length).querySelector("input").focus();
  });
  // A figure that is none is not dropped unseen.
  const wrong = () => {
    const first = at("entries").querySelector("input:invalid");
    if (first) {
      say(body.dataset.bad);
      first.focus();
    }
    return first !== null;
  };
  at("save").addEventListener("click", () => {
    if (wrong()) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file()], { type: "application/json" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say(body.dataset.saved + " " + name);
  });
  const parcel = () => new File([file()], name, { type: "application/json" });
  try {
    at("share").hidden = !navigator.canShare?.({ files: [parcel()] });
  } catch { /* the button stays away */ }
  at("share").addEventListener("click", () => { if (!wrong()) navigator.share({ files: [parcel()] }).catch(() => {}); });
  at("text").addEventListener("click", () => {
    if (wrong()) return;
    at("code").hidden = false;
    at("code-text").value = code();
    at("code-text").focus();
    at("code-text").select();
  });
  at("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(at("code-text").value);
      say(body.dataset.copied);
    } catch {
      at("code-text").select();
      say(body.dataset.copyByHand);
    }
  });
  at("print").addEventListener("click", () => window.print());
  const blanks = at("paper").children.length;
  window.addEventListener("beforeprint", () => {
    const labels = Object.fromEntries([...at("entry").content.querySelectorAll("[data-field=stayed]")].map((one) => [one.value, one.parentElement.textContent.trim()]));
    const rows = done().map((one) => [one.exercise || "", one.date, one.situation, one.before ?? "", one.peak ?? "", one.after ?? "", labels[one.stayed] || "", one.learned]);
    while (rows.length < blanks) rows.push(Array(8).fill(""));
    at("paper").replaceChildren(...rows.map((row) => {
      const line = document.createElement("tr");
      for (const value of row) line.appendChild(document.createElement("td")).textContent = value;
      return line;
    }));
  });

  const before = kept();
  entries = Array.isArray(before) ? before.slice(0, Number(body.dataset.most)).map((one) => ({ ...clean(one || {}), exercise: one?.exercise ?? "" })) : [];
  keep();
  draw();
})();
