// While somebody writes: Ctrl+Enter sends the form, with Shift by its button that resolves, Escape leaves the field so that single keys work again.
export function writing() {
  document.addEventListener("keydown", (event) => {
    const area = event.target.closest?.("textarea");
    if (!area || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      area.form.requestSubmit(event.shiftKey ? area.form.querySelector("button[name=resolve]") : null);
    } else if (event.key === "Escape") {
      area.blur();
      area.closest("[data-row]")?.querySelector("[data-open]")?.focus(); // `j` goes on from here
    }
  });
}
