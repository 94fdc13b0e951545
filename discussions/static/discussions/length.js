// Says in time that a text comes near its end: from nine tenths on, and how much is too much. The server judges, and gives
// a text back that is too long; but of what is larger than it reads (DATA_UPLOAD_MAX_MEMORY_SIZE) it can give nothing back.
const READ = 3000000; // bytes
for (const note of document.querySelectorAll("[data-length]")) {
  const area = note.closest("form").querySelector("textarea[data-most]");
  if (!area) continue;
  area.after(note);
  const most = Number(area.dataset.most);
  const round = (left) => (left > 1000 ? Math.floor(left / 1000) * 1000 : left > 100 ? Math.floor(left / 100) * 100 : left);

  function count() {
    const left = most - [...area.value].length;
    note.hidden = left > most / 10;
    const text = note.hidden ? "" : left < 0 ? note.dataset.over.replace("#", (-left).toLocaleString(document.documentElement.lang))
      : note.dataset.left.replace("#", round(left).toLocaleString(document.documentElement.lang));
    if (note.textContent !== text) note.textContent = text;
    note.classList.toggle("over", left < 0);
  }

  area.addEventListener("input", count);
  area.form.addEventListener("submit", (event) => {
    if (new Blob([area.value]).size < READ) return;
    event.preventDefault();
    area.focus();
  });
  count();
}
