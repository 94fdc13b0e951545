// Buttons above a text, for whoever never heard of Markdown. They write the signs; Ctrl+Z takes them back. Other scripts
// put something in the text by an event, "put", with { text, from, to }.
const template = document.querySelector("template[data-toolbar]");
const area = document.getElementById(template?.dataset.toolbar);

// insertText keeps the browser's own undo; where it is refused the text is put in all the same.
function put(from, to, text, start, end) {
  area.focus();
  area.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
  area.setSelectionRange(from + start, from + end);
}

function around(before, after) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const chosen = value.slice(from, to);
  put(from, to, before + chosen + after, before.length, before.length + chosen.length);
}

function beforeLines(sign) {
  const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const to = area.selectionEnd;
  const text = area.value.slice(from, to).split("\n").map((line) => sign + line).join("\n");
  put(from, to, text, text.length, text.length);
}

// A sign after which something is offered; never against the word before it.
function begin(sign) {
  const { selectionEnd: at, value } = area;
  const space = at && !/\s/.test(value[at - 1]) ? " " : "";
  put(at, at, space + sign, space.length + sign.length, space.length + sign.length);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const marks = {
  bold: () => around("**", "**"),
  italic: () => around("*", "*"),
  heading: () => beforeLines("## "),
  list: () => beforeLines("- "),
  quote: () => beforeLines("> "),
  link: () => around("[", "](https://)"),
  name: () => begin("@"),
  refer: () => begin("[["),
};

if (area) {
  const bar = template.content.firstElementChild.cloneNode(true);
  const buttons = [...bar.querySelectorAll("button")];
  buttons.forEach((button, place) => { button.tabIndex = place ? -1 : 0; });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    marks[button?.dataset.mark]?.();
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
    event.preventDefault();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      area.form.requestSubmit(area.form.querySelector("button.button[type=submit]:not(.quiet)"));
    }
    const mark = { b: "bold", i: "italic", k: "link" }[event.key];
    if (!mark || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    marks[mark]();
  });
  area.addEventListener("put", ({ detail: { text, from = area.selectionEnd, to = from } }) => put(from, to, text, text.length, text.length));
  const editor = document.createElement("div");
  editor.className = "editor";
  area.before(bar, editor);
  editor.append(area);
}
