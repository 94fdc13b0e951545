// Keeps what one writes on the server, quietly, while one types. Nothing is kept in this browser: others may use it.
// No question is asked on leaving the page: leaving at once must stay possible. What is new is sent along instead.
const status = document.querySelector("[data-keep]");
const form = status?.closest("form");
const QUIET = 1500; // milliseconds without typing
const LATEST = 15000; // milliseconds of typing on and on
const AGAIN = 20000; // milliseconds until the next try without connection
const ALONE = 60000; // bytes that a browser sends after its page is gone

if (form && !form.dataset.kept) {
  form.dataset.kept = "1";
  const keepNow = form.querySelector("[data-keep-now]");
  const own = new Set(["csrfmiddlewaretoken", "draft", "form_key"]);
  let timer, since, sending, choosing, placed, request;

  const fields = () => [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const written = () => JSON.stringify(fields().filter(([name]) => !own.has(name)));
  let kept = status.dataset.unkept === undefined ? written() : "";

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  function later(wait) {
    clearTimeout(timer);
    if (choosing || placed) return;
    since ??= Date.now();
    timer = setTimeout(keep, Math.max(0, Math.min(wait, since + LATEST - Date.now())));
  }

  async function keep() {
    clearTimeout(timer);
    if (sending || choosing || placed) return;
    const now = written();
    if (now === kept) { since = undefined; return; }
    sending = true;
    request = new AbortController();
    try {
      const answer = await fetch(status.dataset.keep, {
        method: "POST", body: new URLSearchParams(fields()), signal: request.signal, headers: { Accept: "application/json" },
      });
      const is = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : {};
      if (answer.ok) {
        form.elements.draft.value = is.stamp;
        kept = now;
        say(is.said);
      } else if (answer.status === 409) {
        say(is.said);
        choose(is);
      } else {
        if (answer.status < 500) kept = now; // the same again would be refused again
        say(is.said ?? (answer.status === 413 ? "" : answer.status === 401 ? status.dataset.out : answer.status === 403 ? status.dataset.stale : status.dataset.away));
      }
      since = undefined;
      sending = false;
      if (written() !== kept) later(answer.ok ? QUIET : AGAIN);
    } catch {
      sending = false;
      since = undefined;
      if (placed) return;
      say(status.dataset.away);
      later(AGAIN);
    }
  }

  // Two windows wrote at one place: both texts stay until one of them is chosen.
  function choose(other) {
    choosing = true;
    status.parentElement.insertAdjacentHTML("beforebegin", other.notice);
    const notice = form.querySelector("[data-choice]");
    notice.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-choose]")?.dataset.choose;
      if (!choice) return;
      form.elements.draft.value = other.stamp;
      if (choice === "other") {
        take(other);
        kept = written();
        say("");
      }
      choosing = false;
      notice.remove();
      form.elements.text.focus();
      keep();
    });
  }

  function take({ text, filled }) {
    for (const [name, value] of Object.entries(filled)) {
      const field = form.elements[name];
      if (field?.type === "checkbox") field.checked = true; // it asks as "a member": no name by mistake
      else if (field && field.type !== "hidden" && field.type !== "file" && typeof value === "string") field.value = value;
    }
    form.elements.text.focus();
    form.elements.text.select(); // so that the browser's own undo brings back what stood here
    if (!document.execCommand("insertText", false, text)) form.elements.text.value = text;
  }

  form.addEventListener("input", () => later(QUIET));
  form.addEventListener("change", () => later(QUIET));
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter === keepNow) {
      event.preventDefault();
      kept = "";
      keep();
      return;
    }
    if (event.defaultPrevented) return;
    placed = true;
    clearTimeout(timer);
    request?.abort();
  });
  addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || placed || choosing || sending || written() === kept) return;
    const now = written();
    const body = new URLSearchParams(fields());
    if (body.toString().length > ALONE) return;
    fetch(status.dataset.keep, { method: "POST", body, keepalive: true, headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((is) => { if (is) { form.elements.draft.value = is.stamp; kept = now; say(is.said); } }, () => {});
  });
  addEventListener("pageshow", () => { placed = false; });
  if (status.dataset.unkept !== undefined) later(QUIET);
}
