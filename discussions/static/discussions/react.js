// With one touch and without loading the page anew: a reaction comes and goes, a post is kept. What came of it is said
// aloud; when the server has something else to say (signed out, gone) the page goes there as without script.
const said = document.querySelector("[data-said]");

function count(button, total) {
  const now = button.querySelector("b") ?? button.appendChild(document.createElement("b"));
  now.textContent = total;
  if (!total) now.remove();
  else if (now.previousSibling?.textContent.slice(-1) !== " ") now.before(" ");
}

// What the server says, in JSON; null when it says anything else, or sends one elsewhere (to sign in, which speaks JSON
// too). Throws without connection.
async function ask(address, values) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(values), headers: { Accept: "application/json" } });
  return answer.ok && !answer.redirected && (answer.headers.get("Content-Type") ?? "").includes("json") ? answer.json() : null;
}

function failed(place) {
  said.textContent = said.dataset.away;
  const note = place.querySelector(".away") ?? place.appendChild(document.createElement("span"));
  note.className = "away note";
  note.textContent = said.dataset.away;
}

async function react(form, button) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  form.querySelector(".away")?.remove();
  said.textContent = "";
  const values = new FormData(form);
  values.set("kind", button.value);
  try {
    const is = await ask(form.action, values);
    if (!is) {
      form.dataset.plain = "1";
      form.requestSubmit(button);
      return;
    }
    for (const { kind, total, mine } of is.tallies) {
      const one = form.querySelector(`button[value="${kind}"]`);
      if (!one) continue;
      one.setAttribute("aria-pressed", String(mine));
      count(one, total);
    }
    said.textContent = is.said;
  } catch {
    failed(form);
  }
  delete form.dataset.busy;
}

async function keep(link) {
  said.textContent = "";
  link.parentElement.querySelector(".away")?.remove();
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  try {
    const is = await ask(link.href, { csrfmiddlewaretoken: token, as_it_is: "1" });
    if (!is) return location.assign(link.href);
    link.textContent = is.link;
    link.dataset.kept = "1";
    said.textContent = is.said;
  } catch {
    failed(link.parentElement);
  }
}

if (said) {
  addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-react]");
    if (!form || form.dataset.plain || !event.submitter?.value) return;
    event.preventDefault();
    react(form, event.submitter);
  });
  addEventListener("click", (event) => {
    const link = event.target.closest?.('.post a[href$="/keep/"]');
    if (!link || link.dataset.kept || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    keep(link);
  });
}
