// A look at the text while one types, as readers will see it: beside it where there is room, in its place on a phone.
// What is shown isn't read aloud at every key; only what went wrong is.
const template = document.querySelector("template[data-preview]");
const area = document.getElementById(template?.dataset.toolbar);
const button = document.querySelector("[data-look]");
const QUIET = 400; // milliseconds without typing

if (area && button) {
  const pane = document.importNode(template.content.querySelector(".preview"), true);
  const [said, text] = [pane.querySelector(".said"), pane.querySelector(".text")];
  const editor = area.closest(".editor");
  let timer, request, shown;

  async function look() {
    const note = area.form.elements.content_note?.value ?? "";
    const now = note + "\n" + area.value;
    if (pane.hidden || now === shown) return;
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(template.dataset.preview, {
        method: "POST",
        body: new URLSearchParams({ text: area.value, content_note: note, csrfmiddlewaretoken: area.form.elements.csrfmiddlewaretoken.value }),
        signal: request.signal,
        headers: { Accept: "application/json" },
      });
      const is = await answer.json();
      if (answer.ok) {
        text.innerHTML = is.html;
        shown = now;
      }
      said.textContent = is.said ?? "";
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = template.dataset.away;
    }
  }

  function show(on) {
    button.setAttribute("aria-pressed", String(on));
    pane.hidden = !on;
    editor.classList.toggle("looking", on);
    area.form.classList.toggle("looking", on);
    if (on) look();
  }

  area.after(pane);
  button.addEventListener("click", () => show(pane.hidden));
  area.form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, QUIET);
  });
}
