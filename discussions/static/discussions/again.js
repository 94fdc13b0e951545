// Long work: looks again every two seconds how far it is, without loading the page anew, until it is done.
const place = document.querySelector("[data-again]");

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-again]");
    if (!answer.ok || !now) return location.reload();
    place.replaceChildren(...now.childNodes);
  } catch {
    // no connection: the next look tries again
  }
  setTimeout(look, 2000);
}

if (place) setTimeout(look, 2000);
