// An address of a thread that ends in a post arrives at it, also when a split, a merge or newer posts took it to another
// page meanwhile: the address of the post itself always arrives. Once, and only where the reader finds something.
const [entry] = performance.getEntriesByType("navigation");

async function arrive() {
  const [, key] = /^#post-(\d{1,17})$/.exec(location.hash) ?? [];
  if (!key || document.getElementById(`post-${key}`)) return;
  const address = `/discussions/posts/${key}/`;
  const answer = await fetch(address, { method: "HEAD", redirect: "manual" }).catch(() => null); // no connection: stay here
  if (answer?.type === "opaqueredirect" && location.hash === `#post-${key}`) location.replace(address);
}

if (!entry?.redirectCount) arrive();
addEventListener("hashchange", arrive);
