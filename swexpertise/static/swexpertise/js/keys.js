// Reading with the keyboard: j and k walk the posts, r, q, e and u follow the link that carries data-key, ? shows the help.
// A choice to switch the letters off stays in this browser (voice control speaks letters too).
const help = document.getElementById("keys");
const choice = help.querySelector("[data-keys-on]");
const opener = document.querySelector("[data-open=keys]");
const typing = "input, textarea, select, [contenteditable], dialog";

try { choice.checked = localStorage.getItem("keys") !== "off"; } catch { /* no storage: the letters stay on */ }
choice.addEventListener("change", () => {
  try { choice.checked ? localStorage.removeItem("keys") : localStorage.setItem("keys", "off"); } catch { /* for this page only */ }
});
opener.hidden = false;
opener.addEventListener("click", () => help.showModal());

const posts = () => [...document.querySelectorAll("[data-post]")];
const here = () => document.activeElement.closest("[data-post]");

function walk(step) {
  const all = posts();
  const at = all.indexOf(here());
  const seen = at < 0 ? all.findIndex((post) => post.getBoundingClientRect().bottom > 90) - (step > 0 ? 1 : 0) : at;
  const next = all[Math.min(Math.max(seen + step, 0), all.length - 1)];
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}

function follow(key) {
  const scope = here() ?? document;
  const target = scope.querySelector(`[data-key="${key}"]`) ?? (key === "e" ? null : document.querySelector(`[data-key="${key}"]`));
  if (!target) return false;
  target.click();
  return true;
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest?.(typing)) return;
  if (event.key === "?") {
    event.preventDefault();
    help.showModal();
  } else if (!choice.checked) {
    return;
  } else if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    walk(event.key === "j" ? 1 : -1);
  } else if ("reuq".includes(event.key) && follow(event.key)) {
    event.preventDefault();
  }
});
