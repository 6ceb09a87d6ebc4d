// A button on each block of code that copies it.
export function copy(prose) {
  if (!navigator.clipboard) return;
  for (const block of prose.querySelectorAll("pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = prose.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.textContent.trimEnd());
      button.textContent = prose.dataset.copied;
      setTimeout(() => (button.textContent = prose.dataset.copy), 2000);
    });
    const frame = document.createElement("div");
    frame.className = "code";
    block.replaceWith(frame);
    frame.append(block, button);
  }
}
