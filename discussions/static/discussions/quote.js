// Quotes what a reader selected in a post: a button beside it, or q. The quotation stands in the reply with a link to the
// post, and the reply goes to that post: the first one that is quoted, and back to the opening on request. What has a title for this reader alone stands there by its address, which tells none.
const template = document.querySelector("template[data-quote]");
const area = document.getElementById(template?.dataset.quote);
const LONGEST = 1500; // characters, as for a whole post
const BLOCKS = "p, li, h2, h3, h4, h5, h6, pre, blockquote, tr, hr";

if (area) {
  const button = document.importNode(template.content.firstElementChild, true);
  const form = area.form;
  const opening = { action: form.getAttribute("action"), place: form.elements.place?.value };
  let timer, answers;

  // The reply goes to `post` from now on; null: to the opening. A draft that was kept goes along.
  function answer(post) {
    const { place, draft, csrfmiddlewaretoken: token } = form.elements;
    const before = place && { place: place.value, draft: draft.value, text: "", csrfmiddlewaretoken: token.value };
    const [, key] = post?.dataset.post.match(/\/(\d+)\/$/) ?? [];
    if (`reply.${key}` === opening.place) return answer(null);
    form.setAttribute("action", key ? `${opening.action}?post=${key}` : opening.action);
    answers?.remove();
    answers = null;
    if (place) {
      place.value = key ? `reply.${key}` : opening.place;
      draft.value = "";
      const keep = form.querySelector("[data-keep]")?.dataset.keep;
      if (keep && before.draft) fetch(keep, { method: "POST", body: new URLSearchParams(before), headers: { Accept: "application/json" } }).catch(() => {});
    }
    if (!key) return form.dispatchEvent(new Event("input"));
    answers = document.importNode(document.querySelector("template[data-answers]").content.firstElementChild, true);
    const link = answers.querySelector("a");
    link.href = post.dataset.post;
    link.textContent = post.querySelector("h3").textContent.trim();
    answers.querySelector("button").addEventListener("click", () => {
      answer(null);
      area.focus();
    });
    form.prepend(answers);
  }

  function selected() {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    const common = range.commonAncestorContainer;
    const text = (common.nodeType === Node.ELEMENT_NODE ? common : common.parentElement).closest(".post .text");
    return text && selection.toString().trim() ? { range, text, post: text.closest("[data-post]") } : null;
  }

  function wordsOf(range) {
    const copy = document.createElement("div");
    copy.append(range.cloneContents());
    // The selection may begin and end within one link, whose element isn't copied along.
    const around = range.commonAncestorContainer.parentElement?.closest("a.ref");
    if (around) return around.getAttribute("href");
    for (const link of copy.querySelectorAll("a.ref")) link.replaceWith(link.getAttribute("href"));
    for (const cell of copy.querySelectorAll("td + td, th + th")) cell.prepend(" · ");
    for (const line of copy.querySelectorAll("br")) line.replaceWith("\n");
    for (const block of copy.querySelectorAll(BLOCKS)) block.append("\n\n");
    const words = copy.textContent.replace(/(^|[^\w@/.])@(?=[\p{L}\d])/gu, "$1"); // who is quoted as called isn't called again
    const short = words.replace(/[ \t]*\n[ \t]*/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
    return short.length > LONGEST ? `${short.slice(0, LONGEST).replace(/\s\S*$/, "")} …` : short;
  }

  function quote({ range, post }) {
    const lines = wordsOf(range).split("\n").map((line) => `> ${line}`.trim());
    const source = template.dataset.source.replace("%url", post.dataset.post);
    const gap = area.value.trim() ? `${area.value.replace(/\s+$/, "")}\n\n` : "";
    getSelection().removeAllRanges();
    button.remove();
    if (!answers || !area.value.trim()) answer(post);
    area.dispatchEvent(new CustomEvent("put", { detail: { text: `${gap}${source}\n\n${lines.join("\n")}\n\n`, from: 0, to: area.value.length } }));
    const note = area.form.elements.content_note;
    if (post.dataset.note && note && !note.value) {
      note.value = post.dataset.note;
      note.closest("details")?.setAttribute("open", "");
    }
    area.scrollIntoView({ block: "center" });
  }

  function offer() {
    const now = selected();
    if (!now) button.remove();
    else if (now.text.nextElementSibling !== button) now.text.after(button);
  }

  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, 200);
  });
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
  button.addEventListener("click", () => {
    const now = selected();
    if (now) quote(now);
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "q" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.("input, textarea, select, dialog") || document.querySelector("[data-keys-on]")?.checked === false) return;
    const now = selected();
    if (!now) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    quote(now);
  }, true);
}
