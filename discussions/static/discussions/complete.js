// Offers names after @, and pages, discussions, letters and experts after [[ or #. The server offers what the writer may
// see. A text stays a text: arrow keys choose, Enter or Tab takes, Escape or typing on leaves it as it is.
const template = document.querySelector("template[data-names]");
const area = document.getElementById(template?.dataset.toolbar);
const QUIET = 180; // milliseconds without typing
// What stands before the cursor, from the sign on; a word after # may be just a word, so nothing of it is chosen at once.
const SIGNS = [
  { url: "names", before: /(^|[\s(*_>])(@([\p{L}\d-]{1,40}))$/u, eager: true },
  { url: "links", before: /(^|[^[])(\[\[(?!\/|https?:)([^[\]\n]{2,60}))$/, eager: true },
  { url: "links", before: /(^|\s)(#([^\s#]{2,40}))$/, eager: false },
];

if (area) {
  const list = document.importNode(template.content.getElementById("offers"), true);
  const status = document.importNode(template.content.querySelector("[data-offers]"), true);
  const known = new Map();
  let timer, request, open, chosen = -1;

  function close() {
    clearTimeout(timer);
    request?.abort();
    open = undefined;
    list.hidden = true;
    for (const name of ["aria-controls", "aria-activedescendant", "aria-haspopup", "aria-autocomplete"]) area.removeAttribute(name);
  }

  function choose(place) {
    chosen = place;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    if (place < 0) return area.removeAttribute("aria-activedescendant");
    area.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  }

  function show(found, sign) {
    list.replaceChildren(...found.map(({ title, hint }, at) => {
      const option = document.createElement("li");
      option.id = `offer${at}`;
      option.role = "option";
      const small = document.createElement("small");
      small.textContent = hint;
      option.append(title, " ", small);
      return option;
    }));
    status.textContent = found.length ? template.dataset.offered.replace("%n", found.length) : template.dataset.none;
    if (!found.length) return close();
    open = { ...sign, found };
    list.hidden = false;
    area.setAttribute("aria-haspopup", "listbox");
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", "offers");
    choose(sign.eager ? 0 : -1);
  }

  function sign() {
    if (area.selectionStart !== area.selectionEnd) return null;
    const before = area.value.slice(Math.max(0, area.selectionEnd - 80), area.selectionEnd);
    for (const { url, before: pattern, eager } of SIGNS) {
      const match = pattern.exec(before);
      if (match) return { url, eager, words: match[3], from: area.selectionEnd - match[2].length, to: area.selectionEnd };
    }
    return null;
  }

  async function ask() {
    const now = sign();
    if (!now) return close();
    const key = `${now.url} ${now.words}`;
    if (!known.has(key)) {
      request?.abort();
      request = new AbortController();
      try {
        const { thread, space } = template.dataset;
        const place = thread ? { thread } : space ? { space } : {};
        const token = area.form.elements.csrfmiddlewaretoken.value;
        const answer = await fetch(template.dataset[now.url], {
          method: "POST",
          body: new URLSearchParams({ q: now.words, ...place, csrfmiddlewaretoken: token }),
          signal: request.signal,
          headers: { Accept: "application/json" },
        });
        if (!answer.ok) return close();
        known.set(key, (await answer.json()).offers);
      } catch {
        return; // typed on, or no connection: the text is what it is
      }
    }
    const still = sign();
    if (still?.words === now.words && still.from === now.from) show(known.get(key), now);
  }

  function take(place) {
    const { found, from, to } = open;
    close();
    area.dispatchEvent(new CustomEvent("put", { detail: { text: `${found[place].put} `, from, to } }));
  }

  area.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    if (open && sign()?.from !== open.from) close();
    timer = setTimeout(ask, QUIET);
  });
  area.addEventListener("keydown", (event) => {
    if (!open || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const total = list.children.length;
    if (step) choose(chosen < 0 ? (step > 0 ? 0 : total - 1) : (chosen + step + total) % total);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0 && !event.shiftKey) take(chosen);
    else if (["ArrowLeft", "ArrowRight", "Home", "End", "Enter", "Tab"].includes(event.key)) return close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  area.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the text keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && open) take([...list.children].indexOf(option));
  });
  (area.closest(".editor") ?? area).append(list, status);
}
