// Keeps the marked part of a page fresh, until it says that it is done.
"use strict";

const SECONDS = 4;

async function look() {
  const standing = document.querySelector("[data-fresh]");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-fresh]");
    if (fresh && !fresh.isEqualNode(standing)) {
      standing.replaceChildren(...fresh.childNodes);
      document.title = page.title;
    }
  } catch {
    // The service is not there for a moment: look again.
  }
  if (!document.querySelector("[data-done]")) setTimeout(look, SECONDS * 1000);
}

setTimeout(look, SECONDS * 1000);
