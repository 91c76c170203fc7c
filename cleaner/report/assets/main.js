// The address decides what is shown; keys move in it.

const root = document.getElementById("view"), overview = document.getElementById("summary");
const say = (text) => { document.getElementById("said").textContent = text; };
const focusMain = () => { root.querySelector("h1")?.focus({ preventScroll: true }); window.scrollTo(0, 0); };
let last = "";

function stateOf(hash) {
  const [view, query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const state = new URLSearchParams(query);
  state.view = view || "overview";
  state.with = (key, value) => {
    const next = new URLSearchParams(query);
    if (value) next.set(key, value); else next.delete(key);
    if (key !== "at") next.delete("at");
    history.replaceState(null, "", `#${state.view}?${next}`);
    show(true);
  };
  return state;
}

const PARENT = { rule: "rules", site: "sites", article: "articles" };

function show(same = false) {
  const state = stateOf(location.hash);
  if (state.view === "main") return;
  const known = Object.hasOwn(views, state.view);
  overview.hidden = known;
  root.hidden = !known;
  if (known) {
    const active = document.activeElement?.name;
    root.replaceChildren(...[views[state.view](state)].flat());
    if (same && active) refocus(active);
  }
  for (const tab of document.querySelectorAll(".top nav a")) {
    const current = tab.dataset.view === (known ? PARENT[state.view] || state.view : "overview");
    if (!current) { tab.removeAttribute("aria-current"); continue; }
    tab.setAttribute("aria-current", "page");
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  if (!same && last) focusMain();
  last = state.view;
}

function refocus(name) {
  const control = root.querySelector(`[name="${CSS.escape(name)}"]`);
  control?.focus();
  if (control?.type === "search") control.setSelectionRange(control.value.length, control.value.length);
}

// The card, row or removal that the keys are at.
function step(by, selector) {
  const all = [...root.querySelectorAll(selector)];
  if (!all.length) return;
  const at = all.findIndex((one) => one.classList.contains("on") || one.contains(document.activeElement));
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
  for (const one of all) one.classList.toggle("on", one === next);
  (next.matches("tr") ? next.querySelector("a") : next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
  if (next === all.at(-1)) next.parentElement.grow?.();
}

function current() {
  return root.querySelector(".dock")?.current() || root.querySelector(".card.on")?.item || document.activeElement?.closest?.(".card")?.item;
}

function verdict(value) {
  const item = current();
  if (!item || !canBeJudged(item)) return;
  judge(item, value);
  say(value ? `marked ${value}` : "not judged");
}

const KEYS = {
  j: () => root.querySelector("#next, #previous") ? root.querySelector("#next")?.click() : step(1, ".card, .list tbody tr"),
  k: () => root.querySelector("#next, #previous") ? root.querySelector("#previous")?.click() : step(-1, ".card, .list tbody tr"),
  n: () => (root.querySelector(".dock") ? root.querySelector(".dock").step(1) : step(1, ".card")),
  p: () => (root.querySelector(".dock") ? root.querySelector(".dock").step(-1) : step(-1, ".card")),
  r: () => verdict("right"),
  w: () => verdict("wrong"),
  u: () => verdict(""),
  s: () => root.querySelector("#sides")?.click(),
  "/": () => root.querySelector("input[type=search]")?.focus(),
  "?": () => document.getElementById("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog[open]")) return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.addEventListener("judged", (event) => {
  for (const one of document.querySelectorAll("*")) one.update?.(event.detail);
});
document.addEventListener("cut", (event) => root.querySelector(".dock")?.go(event.detail, false));
document.getElementById("help").addEventListener("click", () => KEYS["?"]());

const THEMES = ["", "light", "dark"];
function theme(value) {
  if (value) document.documentElement.dataset.theme = value; else delete document.documentElement.dataset.theme;
  document.getElementById("theme").textContent = `Theme: ${value || "system"}`;
  try { localStorage.setItem("cleaner:theme", value); } catch { /* private windows have none */ }
}
document.getElementById("theme").addEventListener("click", () => theme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme || "") + 1) % 3]));
try { theme(localStorage.getItem("cleaner:theme") || ""); } catch { theme(""); }

window.addEventListener("hashchange", () => show());
show();
document.documentElement.dataset.ready = Math.round(performance.now()); // milliseconds from the start of loading
