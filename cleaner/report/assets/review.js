// The review: removals in random order, one at a time, until the reader has seen enough; then the file of decisions.

views.review = (state) => {
  const sample = data.removals.filter((item) => item.random !== undefined && canBeJudged(item)).sort((a, b) => a.random - b.random);
  const progress = el("p", { class: "lead", role: "status" });
  const list = el("div", { class: "cards" });
  const save = el("button", { type: "button", class: "primary", id: "save", click: download }, "Save decisions");
  const clear = el("button", { type: "button", click: forget }, "Forget all");
  const draw = () => {
    const wrong = [...judged.values()].filter((item) => item.verdict === "wrong").length;
    progress.textContent = `${count(judged.size)} judged, ${count(wrong)} wrong. ${precisionText() || "Judge some of these to estimate how often the rules are right."}`;
    save.disabled = clear.disabled = !judged.size;
  };
  progress.update = draw;
  draw();
  const next = () => sample.filter((item) => !verdictOf(item)).slice(0, 10);
  const deal = () => { list.replaceChildren(...next().map(card)); if (!list.children.length) list.append(el("p", { class: "note" }, "All of the random sample is judged.")); };
  deal();
  const mine = [...judged.values()];
  return [heading("Review"), el("p", { class: "why-line" }, "Removals of the whole run in random order. Judge as many as you like, with ",
    el("kbd", {}, "r"), " or ", el("kbd", {}, "w"), ", leave none out, and save: ", el("code", {}, "cleaner review apply decisions.json"),
    " makes exceptions and examples of the wrong ones. Those judged elsewhere on this page are saved too."),
    progress, el("div", { class: "pager" }, save, el("button", { type: "button", id: "rest", click: () => { for (const made of [...list.querySelectorAll(".card")]) if (!verdictOf(made.item)) judge(made.item, "right"); deal(); focusMain(); } }, "All others here are right"),
      el("button", { type: "button", click: () => { deal(); focusMain(); } }, "Next ten"), clear), list,
    mine.length ? el("details", {}, el("summary", {}, `Judged so far (${mine.length})`), el("div", { class: "cards" }, mine.slice(-200).map(card))) : ""];
};

function download() {
  const text = JSON.stringify(decisions(), null, 1);
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  el("a", { href: url, download: "decisions.json" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  say(`${plural(judged.size, "decision")} saved as decisions.json`);
}

function forget() {
  if (!confirm("Forget all judgements of this run?")) return;
  for (const item of [...judged.values()]) judge(item, "");
  show();
}
