// Elements, and texts that are shown and never run: everything becomes a text node, what is invisible becomes a sign.

const NAMES = new Map([
  [0x00ad, "SHY"], [0x061c, "ALM"], [0x180e, "MVS"], [0x200b, "ZWSP"], [0x200c, "ZWNJ"], [0x200d, "ZWJ"],
  [0x200e, "LRM"], [0x200f, "RLM"], [0x202a, "LRE"], [0x202b, "RLE"], [0x202c, "PDF"], [0x202d, "LRO"],
  [0x202e, "RLO"], [0x2028, "LS"], [0x2029, "PS"], [0x2060, "WJ"], [0x2066, "LRI"], [0x2067, "RLI"],
  [0x2068, "FSI"], [0x2069, "PDI"], [0xfeff, "BOM"], [0x0d, "CR"], [0x1b, "ESC"], [0x00, "NUL"], [0x7f, "DEL"],
]);
const ENDS_LINE = new Set(["\r", "\u0085", "\u2028", "\u2029", "\v", "\f"]);
// Not shown as signs: the tab, the line feed, and the selectors that emoji are written with.
const INVISIBLE = /\r(?!\n)|(?![\t\n\r\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]/gu;

function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const codeOf = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
const signName = (character) => NAMES.get(character.codePointAt(0)) || codeOf(character);

function sign(character) {
  const told = { class: "ctl", title: codeOf(character), role: "img", "aria-label": signName(character) };
  return el("span", told, signName(character));
}

// A text as nodes, each control, bidirectional and zero-width character as a sign with its name.
function visible(text) {
  const nodes = [];
  let place = 0;
  for (const match of text.matchAll(INVISIBLE)) {
    nodes.push(text.slice(place, match.index), sign(match[0]));
    if (ENDS_LINE.has(match[0])) nodes.push("\n");
    place = match.index + match[0].length;
  }
  return [...nodes, text.slice(place)];
}

// The same for places that hold no elements: tooltips, labels, options.
const plain = (text) => text.replace(INVISIBLE, (character) => `‹${signName(character)}›`);

const name = (text) => el("bdi", {}, visible(text));
const count = (number) => number.toLocaleString("en");
const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
const percent = (share) => `${share >= 0.1 || share === 0 ? Math.round(share * 100) : (share * 100).toFixed(1)} %`;
const link = (view, query) => `#${view}?${new URLSearchParams(query)}`;

// Only a web address becomes a link, and it shows the host that it really leads to.
function address(url) {
  let parsed = null;
  try { parsed = new URL(url); } catch { /* shown as it is */ }
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password) return name(url);
  return el("a", { href: parsed.href, rel: "noopener noreferrer", target: "_blank", title: plain(url) },
    `original at ${parsed.host} ↗`);
}

// Removed text as [line breaks before, the struck text, line breaks behind]: a mark opens and closes beside its words.
function removed(text, attributes = {}) {
  const [, before, words, after] = text.match(/^(\s*\n)?(.*?)(\n\s*)?$/su);
  const breaks = (lines) => "⏎".repeat((lines || "").split("\n").length - 1);
  const gone = el("del", attributes, el("span", { class: "vh" }, "removed: "), breaks(before), visible(words), breaks(after),
    el("span", { class: "vh" }, " (end of removed)"));
  return [before ? "\n" : "", gone, after ? "\n" : ""];
}
