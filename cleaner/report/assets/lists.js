// Lists: filters that live in the address, tables that sort, and cards of removals.

const PAGE = 40;

function field(label, control) {
  return el("label", {}, label, control);
}

function choice(key, label, values, state, texts = plain) {
  const options = values.map((value) => el("option", { value, selected: state.get(key) === value }, texts(value)));
  const change = (event) => state.with(key, event.target.value);
  return field(label, el("select", { name: key, change }, el("option", { value: "" }, "all"), options));
}

function search(state, label = "Search") {
  let wait = 0;
  const input = (event) => {
    clearTimeout(wait);
    const value = event.target.value;
    wait = setTimeout(() => state.with("q", value), 150);
  };
  return field(label, el("input", { type: "search", name: "q", value: state.get("q") || "", input, autocomplete: "off" }));
}

function filters(state, parts, found) {
  return el("form", { class: "filters", role: "search", submit: (event) => event.preventDefault() }, parts,
    el("span", { class: "count", role: "status" }, found));
}

const names = (items, of) => [...new Set(items.flatMap(of))].filter(Boolean).sort();
const has = (text, query) => text.toLowerCase().includes(query);

function matches(item, state, ignored = []) {
  const wanted = (key) => (ignored.includes(key) ? "" : state.get(key) || "");
  const query = wanted("q").toLowerCase();
  return (!wanted("rule") || item.rules.includes(wanted("rule")))
    && (!wanted("category") || categories(item).includes(wanted("category")))
    && (!wanted("site") || item.site === wanted("site"))
    && (!wanted("lang") || item.lang === wanted("lang"))
    && (!wanted("side") || item.side === wanted("side"))
    && (!wanted("verdict") || (verdictOf(item) || "none") === wanted("verdict"))
    && (!query || [item.before || "", item.text, item.after || "", item.id, item.site || "", item.rules.join(" ")]
      .some((text) => has(text, query)));
}

const ORDERS = {
  random: null,
  longest: (a, b) => b.text.length - a.text.length,
  repeated: (a, b) => (b.times || 1) - (a.times || 1),
  rule: (a, b) => a.rules[0].localeCompare(b.rules[0]),
  site: (a, b) => (a.site || "").localeCompare(b.site || ""),
};

// A choice of what the items have, if they differ in it.
function facet(items, key, label, of, state) {
  const values = names(items, of);
  return values.length > 1 || state.get(key) ? choice(key, label, values, state) : null;
}

// The filters and cards of a list of removals; `fixed` names the filters that the view has set already.
function removalList(items, state, fixed = []) {
  const found = items.filter((item) => matches(item, state, fixed));
  const order = ORDERS[state.get("sort")];
  if (order) found.sort(order);
  const parts = [search(state)];
  if (data.compared) parts.push(choice("side", "Only in", ["A", "B"], state));
  const facets = [["category", "Category", categories], ["rule", "Rule", (item) => item.rules],
    ["site", "Site", (item) => item.site], ["lang", "Language", (item) => item.lang]];
  parts.push(...facets.filter(([key]) => !fixed.includes(key)).map(([key, label, of]) => facet(items, key, label, of, state)));
  if (!data.compared) parts.push(choice("verdict", "Judged", ["none", "right", "wrong"], state, (v) => (v === "none" ? "not yet" : v)));
  parts.push(field("Order", el("select", { name: "sort", change: (event) => state.with("sort", event.target.value) },
    Object.keys(ORDERS).map((value) => el("option", { value, selected: state.get("sort") === value }, value)))));
  return el("div", {}, filters(state, parts, plural(found.length, "removal")), cards(found));
}

function cards(items) {
  const list = el("div", { class: "cards" });
  const more = el("button", { type: "button", click: () => grow() }, "Show more");
  let shown = 0;
  const grow = () => {
    list.append(...items.slice(shown, shown + PAGE).map(card));
    shown = Math.min(items.length, shown + PAGE);
    more.hidden = shown === items.length;
    more.textContent = `Show more (${count(items.length - shown)} left)`;
  };
  list.grow = grow;
  grow();
  return el("div", {}, list, el("div", { class: "pager" }, more));
}

function ruleLink(rule) {
  return el("a", { class: "rule", href: data.compared ? link("removals", { rule }) : link("rule", { name: rule }), title: plain(RULES.get(rule)?.why || "") }, name(rule));
}

function articleLink(item) {
  const label = [name(item.file), ` : ${item.record}`];
  if (!ARTICLES.has(articleKey(item))) return el("span", {}, label);
  const at = item.start === undefined ? {} : { at: item.start };
  return el("a", { href: link("article", { file: item.file, record: item.record, field: item.field, ...at }) }, label);
}

function card(item) {
  const long = item.text.length > 1500;
  const gone = el("span", {}, removed(long ? item.text.slice(0, 1200) : item.text));
  const rest = item.cut ? ` (${count(item.cut)} more characters)` : "";
  const all = el("button", { type: "button", click: () => { gone.replaceChildren(...removed(item.text)); all.remove(); } },
    `Show all ${count(item.text.length)} characters${rest}`);
  const header = el("header", {}, data.compared ? el("span", { class: `chip side-${item.side.toLowerCase()}` }, "only") : null,
    item.rules.map(ruleLink),
    item.site ? el("a", { href: data.compared ? link("removals", { site: item.site }) : link("site", { name: item.site }) }, name(item.site)) : null,
    item.lang ? el("span", {}, name(item.lang)) : null,
    el("span", { class: "push" }, articleLink(item)));
  const context = el("p", { class: "ctx", dir: "auto" },
    around(item, "before"), gone, around(item, "after"));
  const footer = el("footer", {}, verdictButtons(item), long ? all : null,
    item.times ? el("span", {}, `the same text went ${count(item.times)} times in this run`) : null,
    item.start === undefined ? el("span", {}, "an element of the page, cut before the text was extracted") : null);
  const made = el("article", { class: "card", tabindex: "-1", "aria-label": plain(`removal by ${item.rules.join(", ")}`) }, header, context, footer);
  made.item = item;
  return made;
}

// The text around a removal, without blank lines, with other removals struck; where it was cut off it ends at a word.
function around(item, side) {
  const text = [...(item[side] || "")], size = text.length;
  if (!size) return null;
  const isSpace = (at) => /\s/.test(text[at] || "");
  const near = [...Array(20).keys()];
  const whole = size < 160;
  const first = whole || side === "after" ? 0 : near.find(isSpace) ?? 0;
  const last = whole || side === "before" ? size : size - (near.find((back) => isSpace(size - 1 - back)) ?? 0);
  const shown = (from, to) => visible(text.slice(Math.max(from, first), Math.min(to, last)).join("").replace(/\n\s*\n/g, "\n"));
  const parts = [];
  let place = 0;
  for (const [from, to] of item[`${side}_cuts`] || []) {
    parts.push(shown(place, from), el("del", { class: "other" }, el("span", { class: "vh" }, "also removed: "), shown(from, to)));
    place = to;
  }
  return el("span", { class: "around" }, !whole && side === "before" ? "…" : "", parts, shown(place, size), !whole && side === "after" ? "…" : "");
}

// Right, wrong, and why: the same buttons in lists, articles and the review.
function verdictButtons(item) {
  if (!canBeJudged(item)) return null;
  const box = el("span", { class: "verdict" });
  const draw = () => {
    const verdict = verdictOf(item);
    const button = (value, text) => el("button", {
      type: "button", "data-verdict": value, "aria-pressed": String(verdict === value),
      click: () => judge(item, verdict === value ? "" : value),
    }, text);
    const reason = el("input", {
      type: "text", placeholder: "why it is wrong (optional)", "aria-label": "why it is wrong",
      value: judged.get(keyOf(item))?.reason || "", change: (event) => judge(item, "wrong", event.target.value),
    });
    box.replaceChildren(button("right", "✓ Right"), button("wrong", "✗ Wrong"), verdict === "wrong" ? reason : "");
  };
  box.update = (key) => { if (key === keyOf(item)) draw(); };
  draw();
  return box;
}

// A table whose columns sort: each is [key, title, cell, {num, wide}].
function table(caption, rows, columns, state, fallback) {
  const [key, way] = (state.get("by") || fallback).split(" ");
  const value = (row) => row[key] ?? "";
  const sign = way === "up" ? 1 : -1;
  const compare = (a, b) => (typeof value(a) === "number" ? value(a) - value(b) : String(value(a)).localeCompare(String(value(b))));
  const sorted = [...rows].sort((a, b) => sign * compare(a, b));
  const head = columns.map(([of, title, , how = {}]) => {
    const next = of === key ? (way === "up" ? "down" : "up") : (how.num ? "down" : "up");
    const sort = el("button", { type: "button", click: () => state.with("by", `${of} ${next}`) }, title);
    return el("th", { scope: "col", class: kind(how), "aria-sort": of === key ? (way === "up" ? "ascending" : "descending") : null }, sort);
  });
  const body = el("tbody");
  const more = el("button", { type: "button", click: () => grow() });
  let shown = 0;
  const grow = () => {
    for (const row of sorted.slice(shown, shown + 200)) {
      body.append(el("tr", {}, columns.map(([, , cell, how = {}]) => el("td", { class: kind(how) }, cell(row)))));
    }
    shown = Math.min(sorted.length, shown + 200);
    more.hidden = shown === sorted.length;
    more.textContent = `Show more (${count(sorted.length - shown)} left)`;
  };
  grow();
  return el("div", {}, el("div", { class: "scroll" }, el("table", { class: "list" }, el("caption", { class: "vh" }, caption),
    el("thead", {}, el("tr", {}, head)), body)), el("div", { class: "pager" }, more));
}

const kind = (how) => [how.num ? "num" : "", how.wide ? "wide" : ""].join(" ").trim() || null;
const number = (key) => (row) => count(row[key]);
