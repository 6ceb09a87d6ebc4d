// The button for dark mode. What the system has is no choice, and is not kept.
const KEY = "kb-theme";
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const dark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

export function toggle() {
  const button = document.querySelector(".theme");
  if (!button) return;
  const show = () => button.setAttribute("aria-pressed", String(dark()));
  button.addEventListener("click", () => {
    const theme = dark() ? "light" : "dark";
    root.dataset.theme = theme;
    try {
      if ((theme === "dark") === system.matches) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // it holds for this page
    }
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}
