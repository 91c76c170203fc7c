// The views: rules, sites, articles, removals; each makes its element from the address.

const views = {};
const NUM = { num: true }, WIDE = { num: true, wide: true };
const heading = (...title) => el("h1", { tabindex: "-1" }, ...title);

views.rules = (state) => {
  const query = (state.get("q") || "").toLowerCase(), wanted = state.get("category") || "";
  const found = data.rules.filter((rule) => (!wanted || category(rule.name) === wanted) && (has(rule.name, query) || has(rule.why, query)));
  const columns = [
    ["name", "Rule", (rule) => [ruleLink(rule.name), el("div", { class: "why" }, name(rule.why))]],
    ["removals", "Removals", number("removals"), NUM],
    ["articles", "Articles", number("articles"), WIDE],
    ["sites", "Sites", number("sites"), WIDE],
    ["characters", "Characters", number("characters"), WIDE],
  ];
  if (data.totals.elements) columns.splice(2, 0, ["elements", "Elements", number("elements"), WIDE]);
  return [heading("Rules"), filters(state, [search(state, "Search rules"), choice("category", "Category", names(data.rules, (rule) => category(rule.name)), state)],
    plural(found.length, "rule")), table("Rules that removed something", found, columns, state, "removals down")];
};

views.rule = (state) => {
  const rule = RULES.get(state.get("name") || "");
  if (!rule) return missing("rule", state.get("name"));
  const items = data.removals.filter((item) => item.rules.includes(rule.name));
  const judgement = el("p", { class: "soft", "data-precision": true }, precisionText(rule.name));
  judgement.update = () => { judgement.textContent = precisionText(rule.name); };
  return [heading(name(rule.name)), el("p", { class: "why-line" }, name(rule.why)), facts(rule, rule.removals + rule.elements, items.length, rule.sites),
    tops("On", rule.top, (top) => link("site", { name: top })), judgement,
    removalList(items, state, ["rule"])];
};

views.sites = (state) => {
  const query = (state.get("q") || "").toLowerCase();
  const found = data.sites.filter((site) => has(site.name, query));
  const columns = [
    ["name", "Site", (site) => el("a", { href: link("site", { name: site.name }) }, name(site.name))],
    ["removals", "Removals", number("removals"), NUM],
    ["articles", "Articles", number("articles"), WIDE],
    ["touched", "Touched", (site) => `${count(site.touched)} (${percent(site.touched / site.articles)})`, WIDE],
    ["rules", "Rules", number("rules"), WIDE],
    ["characters", "Characters", number("characters"), WIDE],
  ];
  const rest = data.all_sites - data.sites.length;
  return [heading("Sites"), filters(state, [search(state, "Search sites")], plural(found.length, "site")),
    table("Sites", found, columns, state, "removals down"),
    rest > 0 ? el("p", { class: "note" }, `${plural(rest, "site")} with fewer removals are counted, but not listed.`) : ""];
};

views.site = (state) => {
  const site = data.sites.find((row) => row.name === state.get("name"));
  const items = data.removals.filter((item) => item.site === state.get("name"));
  if (!site && !items.length) return missing("site", state.get("name"));
  const head = site ? [facts(site, site.removals + site.elements, items.length), tops("Rules", site.top, (top) => link("rule", { name: top }))] : [];
  return [heading(name(state.get("name"))), ...head, removalList(items, state, ["site"])];
};

function facts(row, all, shown, sites) {
  const facts = [[row.removals, "removals"], [row.articles, "articles"]];
  if (row.elements) facts.push([row.elements, "elements cut from pages"]);
  if (sites) facts.push([sites, sites === 1 ? "site" : "sites"]);
  facts.push([row.characters, "characters"]);
  const rows = facts.map(([value, text]) => el("li", {}, el("b", {}, count(value)), ` ${text}`));
  rows.push(el("li", {}, shown === all ? "all shown below" : `${count(shown)} of them, drawn at random, below`));
  return el("ul", { class: "facts" }, rows);
}

function tops(label, pairs, href) {
  if (!pairs?.length) return "";
  return el("p", { class: "links" }, `${label}: `, pairs.map(([top, times]) => el("span", {}, el("a", { href: href(top) }, name(top)), ` ${count(times)}`)));
}

const LISTS = { most: "most changed", random: "touched, at random", untouched: "untouched, at random", troubled: "kept as they were" };

views.articles = (state) => {
  const which = LISTS[state.get("list")] ? state.get("list") : "most";
  const query = (state.get("q") || "").toLowerCase();
  const all = data.articles.filter((article) => article.lists?.[which] !== undefined);
  const found = all.filter((article) => (!state.get("site") || article.site === state.get("site"))
    && (!state.get("lang") || article.lang === state.get("lang"))
    && (!query || has(`${article.id} ${article.site || ""} ${article.file} ${article.parts.map((part) => part.text || part).join("")}`, query)));
  for (const article of found) Object.assign(article, { share: article.length ? article.removed / article.length : 0, rank: article.lists[which] });
  const tabs = Object.entries(LISTS).map(([key, label]) => [key, label, data.articles.filter((article) => article.lists?.[key] !== undefined).length])
    .filter(([, , size]) => size)
    .map(([key, label, size]) => el("a", { href: link("articles", { list: key }), "aria-current": key === which ? "true" : null }, `${label} (${size})`));
  const sites = data.sites.length ? [["site", "Site", (article) => el("span", { class: "host", title: plain(article.site || "") }, name(article.site || "")), { wide: true }]] : [];
  const columns = [
    ["id", "Article", (article) => [el("a", { href: link("article", { file: article.file, record: article.record, field: article.field }) }, opening(article)),
      el("div", { class: "why" }, articleName(article), article.trouble ? [" · ", el("b", {}, visible(article.trouble))] : "")]],
    ...sites,
    ["removals", "Removals", number("removals"), NUM],
    ["share", "Removed", (article) => percent(article.share), NUM],
    ["length", "Length", number("length"), WIDE],
  ];
  return [heading("Articles"), el("nav", { class: "links", "aria-label": "Lists of articles" }, tabs),
    filters(state, [search(state, "Search articles"), facet(all, "site", "Site", (article) => article.site, state),
      facet(all, "lang", "Language", (article) => article.lang, state)], plural(found.length, "article")),
    table("Articles", found, columns, state, which === "most" ? "share down" : "rank up")];
};

const articleName = (article) => [name(article.file), ` : ${article.record}`, article.id && article.id !== article.file && article.id !== String(article.record) ? [" · ", name(article.id)] : ""].flat();

function opening(article) {
  const kept = article.parts.map((part) => (typeof part === "object" ? "" : typeof part === "string" ? part : " ")).join("").trim();
  const line = [...kept.split(/[\r\n]/)[0]];
  return name(line.length > 100 ? `${line.slice(0, 100).join("").replace(/\s\S*$/u, "")} …` : line.join("") || "(no text)");
}

views.removals = (state) => [heading("Removals"),
  !data.compared && data.removals.length < data.totals.removals + data.totals.elements
    ? el("p", { class: "lead" }, `${count(data.removals.length)} of ${count(data.totals.removals + data.totals.elements)}, drawn as the overview says.`) : "",
  removalList(data.removals, state)];

const missing = (what, which) => [heading(`This page has no such ${what}`), el("p", { class: "lead" }, name(which || ""), " is not among what was removed or drawn.")];
