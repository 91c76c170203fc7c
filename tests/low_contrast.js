// Texts with less than 4.5 : 1 between their colour and what is behind them (WCAG 2.2, success criterion 1.4.3).
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgb = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const linear = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
const behind = (one) => {
  for (let at = one; at; at = at.parentElement) {
    const colour = rgb(getComputedStyle(at).backgroundColor);
    if (colour[3] > 200) return colour;
  }
  return [255, 255, 255, 255];
};
const bad = [];
let looked = 0;
for (const one of document.querySelectorAll("main *, header *")) {
  const hasText = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!hasText || !one.offsetParent || one.closest(".vh, :disabled, option")) continue;
  looked += 1;
  const a = light(rgb(getComputedStyle(one).color)), b = light(behind(one));
  if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) bad.push(`${one.className} ${one.textContent.slice(0, 40)}`);
}
return looked > 10 ? bad : ["nothing to look at"];
