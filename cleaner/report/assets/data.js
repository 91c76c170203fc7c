// What the run left, and what the reader judged of it.

const data = JSON.parse(document.getElementById("data").textContent);
const RULES = new Map((data.rules || []).map((rule) => [rule.name, rule]));
const keyOf = (item) => [item.file, item.record, item.field, item.start ?? `e${item.text}`, item.side || ""].join("\u0000");
const articleKey = (item) => [item.file, item.record, item.field].join("\u0000");
const ARTICLES = new Map((data.articles || []).map((article) => [articleKey(article), article]));
const CUTS = new Map(data.removals.map((item) => [keyOf(item), item]));
const category = (rule) => rule.split("/")[0];
const categories = (item) => [...new Set(item.rules.map(category))];

// Judgements stay in the browser until they are saved, under a name of this very run.
const STORE = `cleaner:${JSON.stringify([data.run, data.totals, data.seed])}`;
const judged = new Map(stored());

function stored() {
  try { return JSON.parse(localStorage.getItem(STORE)) || []; } catch { return []; }
}

function judge(item, verdict, reason) {
  const key = keyOf(item);
  const before = judged.get(key);
  if (!verdict) judged.delete(key);
  else judged.set(key, { ...context(item), verdict, reason: reason ?? before?.reason ?? "" });
  try { localStorage.setItem(STORE, JSON.stringify([...judged])); } catch { /* private windows have none */ }
  document.dispatchEvent(new CustomEvent("judged", { detail: key }));
}

const verdictOf = (item) => judged.get(keyOf(item))?.verdict || "";
const canBeJudged = (item) => item.start !== undefined && !item.cut && !data.compared;

// A removal as the sample holds it; one met in an article only gets its context from there.
function context(item) {
  if (CUTS.has(keyOf(item))) return CUTS.get(keyOf(item));
  const article = ARTICLES.get(articleKey(item));
  const at = article.parts.findIndex((part) => part.start === item.start);
  const text = (part) => (typeof part === "object" ? part.text : typeof part === "string" ? part : "\n");
  const before = article.parts.slice(0, at).map(text).join("").slice(-160);
  const after = article.parts.slice(at + 1).map(text).join("").slice(0, 160);
  return { file: item.file, record: item.record, id: item.id, field: item.field, ...item, before, after };
}

// The interval of Wilson (1927) for a share seen in a random sample, at 95 %.
function wilson(right, seen, z = 1.959964) {
  if (!seen) return [0, 1];
  const share = right / seen, square = z * z;
  const middle = (share + square / (2 * seen)) / (1 + square / seen);
  const reach = (z / (1 + square / seen)) * Math.sqrt((share * (1 - share)) / seen + square / (4 * seen * seen));
  return [Math.max(0, middle - reach), Math.min(1, middle + reach)];
}

// Judged removals of a random sample: of the whole run, or of one rule.
function precision(rule) {
  const drawn = (item) => item.random !== undefined || (rule && item.drawn?.includes(rule));
  const seen = [...judged.values()].filter((item) => drawn(item) && (!rule || item.rules.includes(rule)));
  const right = seen.filter((item) => item.verdict === "right").length;
  return { right, seen: seen.length, interval: wilson(right, seen.length) };
}

function precisionText(rule) {
  const { right, seen, interval } = precision(rule);
  if (!seen) return "";
  return `${right} of ${seen} judged ones of the random sample are right: ${percent(right / seen)}, with 95 % confidence ${percent(interval[0])} to ${percent(interval[1])}`;
}

function decisions() {
  return {
    decisions: 1,
    run: data.run,
    seed: data.seed,
    removals: data.totals.removals,
    rules: Object.fromEntries(data.rules.map((rule) => [rule.name, rule.removals])),
    judged: [...judged.values()],
  };
}
