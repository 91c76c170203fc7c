// One article: removed text struck through in place or side by side, the rule at each mark, one removal current.

views.article = (state) => {
  const article = ARTICLES.get([state.get("file"), state.get("record"), state.get("field") || ""].join("\u0000"));
  if (!article) return missing("article", `${state.get("file")} : ${state.get("record")}`);
  const two = state.get("sides") === "two";
  const marks = [], items = article.parts.filter((part) => part.rules).map((part) => ({ ...head(article), ...part }));
  const original = el("div", { class: "text", dir: "auto", "data-text": "original" },
    article.parts.map((part) => originalPart(part, items, marks)));
  const sides = el("div", { class: two ? "sides two" : "sides" }, el("section", {}, el("h2", {}, "Original, removed text struck through"), original),
    two ? el("section", {}, el("h2", {}, "Clean, ▾ where text went"), el("div", { class: "text", dir: "auto", "data-text": "clean" }, article.parts.map(cleanPart))) : null);
  const wide = el("button", { type: "button", id: "sides", "aria-pressed": String(two), click: () => state.with("sides", two ? "" : "two") }, "Side by side");
  const dock = items.length ? makeDock(items, marks) : null;
  if (dock) dock.go(Math.max(0, items.findIndex((item) => String(item.start) === state.get("at"))), state.get("at") !== null);
  return [heading(opening(article)), articleFacts(article), el("div", { class: "pager" }, neighbours(article), wide),
    article.trouble ? el("p", { class: "note" }, "Kept as it was: ", visible(article.trouble)) : "", elements(article), sides, dock || ""];
};

const head = (article) => ({ file: article.file, record: article.record, id: article.id, field: article.field, site: article.site, lang: article.lang });

function articleFacts(article) {
  const share = article.length ? article.removed / article.length : 0;
  return el("ul", { class: "facts" }, el("li", {}, articleName(article)),
    article.site ? el("li", {}, el("a", { href: link("site", { name: article.site }) }, name(article.site))) : "",
    article.lang ? el("li", {}, name(article.lang)) : "",
    el("li", {}, el("b", {}, count(article.removals)), article.removals === 1 ? " removal" : " removals"), el("li", {}, el("b", {}, percent(share)), ` of ${count(article.length)} characters removed`),
    article.url ? el("li", {}, address(article.url)) : "");
}

function originalPart(part, items, marks) {
  if (typeof part === "number") return gap(part);
  if (typeof part === "string") return el("span", {}, visible(part));
  const at = marks.length;
  const [before, gone, after] = removed(part.text, { id: `cut-${at}`, tabindex: "-1" });
  marks.push(gone);
  const tag = el("button", { type: "button", class: "tag", title: plain(RULES.get(part.rules[0])?.why || ""), click: () => document.dispatchEvent(new CustomEvent("cut", { detail: at })) },
    name(part.rules.join(" ")));
  return [before, gone, tag, part.cut ? gap(part.cut) : "", after];
}

function cleanPart(part) {
  if (typeof part === "number") return gap(part);
  if (typeof part === "string") return el("span", {}, visible(part));
  const label = `${plural([...part.text].length + (part.cut || 0), "character")} removed here: ${plain(part.rules.join(", "))}`;
  return el("ins", { class: "joint", title: label, "aria-label": label, role: "note" }, "▾");
}

const gap = (size) => el("span", { class: "gap" }, `${count(size)} characters without a removal, or behind its start, are not on this page`);

function elements(article) {
  if (!article.elements) return "";
  return el("details", {}, el("summary", {}, `${plural(article.elements.length, "element")} cut from the page before its text was extracted`),
    el("ul", {}, article.elements.map((part) => el("li", {}, ruleLink(part.rule), " ", removed(part.text)))));
}

function neighbours(article) {
  const same = data.articles.filter((other) => Object.keys(article.lists || {}).some((list) => other.lists?.[list] !== undefined));
  const at = same.indexOf(article);
  const go = (other, text, id) => (other ? el("a", { id, href: link("article", { file: other.file, record: other.record, field: other.field }) }, text) : "");
  return [go(same[at - 1], "← Previous article", "previous"), go(same[at + 1], "Next article →", "next")];
}

// The bar at the foot: which removal is current, why it went, and the judgement of it.
function makeDock(items, marks) {
  const where = el("span", { role: "status" }), rules = el("span"), verdict = el("span");
  const dock = el("div", { class: "dock", "aria-label": "Current removal", role: "region" },
    el("button", { type: "button", "aria-label": "previous removal", click: () => dock.step(-1) }, "↑"),
    el("button", { type: "button", "aria-label": "next removal", click: () => dock.step(1) }, "↓"), where, rules, verdict);
  dock.at = 0;
  dock.go = (at, scroll) => {
    marks[dock.at].classList.remove("on");
    dock.at = at;
    marks[at].classList.add("on");
    where.textContent = `Removal ${at + 1} of ${items.length}`;
    rules.replaceChildren(...items[at].rules.map(ruleLink));
    verdict.replaceChildren(verdictButtons(items[at]) || "");
    if (scroll) requestAnimationFrame(() => marks[at].scrollIntoView({ block: "center" }));
  };
  dock.step = (by) => dock.go((dock.at + by + items.length) % items.length, true);
  dock.current = () => items[dock.at];
  return dock;
}
