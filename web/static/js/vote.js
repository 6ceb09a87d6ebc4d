// Votes without leaving the place: the form goes where it would have gone, its part of the answer takes its place.
export function vote() {
  document.addEventListener("submit", async (event) => {
    const part = event.target.closest(".helpful");
    if (!part) return;
    event.preventDefault();
    const { target: form, submitter } = event;
    const body = new URLSearchParams(new FormData(form, submitter));
    try {
      const response = await fetch(form.action, { method: "POST", body });
      if (!response.ok) throw new Error(response.statusText);
      const answer = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".helpful");
      part.replaceWith(answer);
      (answer.querySelector("textarea") ?? answer).focus();
    } catch {
      if (submitter?.name) form.append(hidden(submitter));
      form.submit(); // the browser tells what is wrong
    }
  });
}

function hidden({ name, value }) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  return input;
}
