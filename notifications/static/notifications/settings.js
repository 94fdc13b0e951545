// The sentence follows what is chosen, before it is kept. It is asked of the server, which knows the words.
const form = document.querySelector("form[data-sentence]");
const sentence = document.getElementById("sentence");
let waiting;
let latest = 0;

async function say() {
  const turn = (latest += 1);
  const body = new FormData(form);
  body.set("look", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = page.getElementById("sentence");
    if (said && turn === latest) sentence.replaceChildren(...said.childNodes);
  } catch {
    // Away for a moment: the button says the same.
  }
}

form?.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(say, 150);
});
