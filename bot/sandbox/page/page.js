// Shows what happens without a reload, and keeps what the reader was doing. Without this file the
// pages work all the same: forms are sent, and a page looks again where an answer is due.
"use strict";

const BEAT_MILLISECONDS = 700;
const ENDED = "The sandbox has ended: this page shows the last that it knew.";
const FIELDS = "input:not([type=hidden]), textarea, select";

const own = document.currentScript.dataset;
const status = document.getElementById("status");
let { version } = own;
let served = main().innerHTML;

function main() {
  return document.querySelector("main");
}

function isChanged(field) {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((o) => o.selected !== o.defaultSelected);
  return field.value !== field.defaultValue;
}

// Says which element of the old page is which of the new one.
function nameOf(element) {
  if (element.id) return element.id;
  const action = element.form?.getAttribute("action") ?? "";
  const thread = element.form?.elements.thread?.value ?? "";
  const value = element.matches("textarea, select, [type=text]") ? "" : element.value ?? "";
  const words = element.matches("button, a, summary") ? element.textContent.trim() : "";
  return [element.tagName, action, thread, element.name, value, words].join("|");
}

function named(root, selector, name) {
  return [...root.querySelectorAll(selector)].find((element) => nameOf(element) === name);
}

function kept(root) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const first = [...root.querySelectorAll("[id]")].find((e) => e.getBoundingClientRect().bottom > 0);
  return {
    fields: [...root.querySelectorAll(FIELDS)].filter(isChanged)
      .map((field) => [nameOf(field), field.value, field.checked]),
    folds: [...root.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]),
    focus: focused && nameOf(focused),
    selection: focused && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null,
    place: first && [first.id, first.getBoundingClientRect().top],
  };
}

function restore(root, { fields, folds, focus, selection, place }) {
  for (const [name, value, checked] of fields) {
    const field = named(root, FIELDS, name);
    if (field) field.type === "checkbox" ? (field.checked = checked) : (field.value = value);
  }
  for (const [id, open] of folds) {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  }
  const focused = focus && (document.getElementById(focus) ?? named(root, "button, a, summary, " + FIELDS, focus));
  if (focused) {
    focused.focus({ preventScroll: true });
    if (selection && selection[0] !== null) focused.setSelectionRange(...selection);
  }
  const stood = place && document.getElementById(place[0]);
  if (stood) window.scrollBy(0, stood.getBoundingClientRect().top - place[1]);
}

async function show() {
  const answer = await fetch(location.pathname + location.search);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main");
  if (fresh.innerHTML === served) return;
  served = fresh.innerHTML;
  const old = main();
  const before = kept(old);
  old.replaceWith(document.adoptNode(fresh));
  restore(fresh, before);
}

async function look() {
  try {
    const now = await (await fetch("/-/version")).text();
    status.textContent = "";
    // Whoever marks words with the mouse is about to copy them.
    if (now !== version && getSelection().isCollapsed) {
      await show();
      version = now;
    }
  } catch {
    status.textContent = ENDED;
  }
  setTimeout(look, BEAT_MILLISECONDS);
}

document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) form.requestSubmit();
});

// What says how long to look without a script is of no use here, and in the way of a bookmark.
if (new URLSearchParams(location.search).has("since")) {
  history.replaceState(null, "", location.pathname + location.hash);
}
if ("live" in own) setTimeout(look, BEAT_MILLISECONDS);
