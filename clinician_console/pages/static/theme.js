// Light or dark, before anything is painted; "auto" follows the system. Part of every page.
(() => {
  "use strict";
  const palier = window.palier;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  palier.paint = (theme) => {
    palier.theme = theme;
    document.documentElement.dataset.theme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
    palier.listeners.forEach((listener) => listener());
  };
  dark.addEventListener("change", () => palier.theme === "auto" && palier.paint("auto"));
  palier.paint(palier.config.theme || "dark");

  // A change of language loads the page anew: what was typed and not yet saved is kept for it.
  const KEPT = "palier-typed";
  const fields = () => document.querySelectorAll("input[id]:not([type=file]), textarea[id]");
  palier.keepTyped = () => {
    const typed = {};
    fields().forEach((field) => (typed[field.id] = field.type === "checkbox" || field.type === "radio" ? field.checked : field.value));
    sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, typed }));
  };
  palier.giveBackTyped = () => {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
    sessionStorage.removeItem(KEPT);
    if (!kept || kept.path !== location.pathname) return;
    fields().forEach((field) => {
      const value = kept.typed[field.id];
      if (value === undefined) return;
      if (typeof value === "boolean") field.checked = value;
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };
})();
