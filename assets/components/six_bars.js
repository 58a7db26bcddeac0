// The bars of a card: their heights along an axis with numbers, and below them what they stand for.
const BARS = { height: 96, top: 7, foot: 15 }; // pixels
const FEW = 10; // bars that are read out one by one
const compact = new Intl.NumberFormat("en", { notation: "compact" });

function drawBars(state, part, at) {
  const { shown, style } = state, { own, title } = shown.cards[at], values = shown[`bars${at}`], bar = part.bar ?? own.chosen;
  part.bars.hidden = part.told.hidden = !values.length;
  if (!values.length) return;
  const width = part.box.clientWidth - padding(state), { height, top, foot } = BARS, pen = sized(part.bars, width, height);
  const tall = (value) => (own.log ? Math.log10(1 + value) : value), known = Array.from(values).filter(Number.isFinite);
  const most = own.most || Math.max(0, ...known) || 1, floor = height - foot, y = (value) => floor - (tall(value) / tall(most)) * (floor - top);
  [pen.font, pen.fillStyle] = [`10px ${style.fontFamily}`, style.color];
  const ticks = known.some(Boolean) ? ticksOf(most, own.log) : [];
  part.left = Math.ceil(Math.max(0, ...ticks.map((tick) => pen.measureText(tick.words).width))) + 4;
  part.step = (width - part.left) / values.length;
  pen.textAlign = "right";
  for (const { value, words } of ticks) {
    pen.globalAlpha = 0.25;
    pen.fillRect(part.left, Math.round(y(value)), width - part.left, 1);
    pen.globalAlpha = 1;
    pen.fillText(words, part.left - 4, y(value) + 3);
  }
  values.forEach((value, i) => {
    const high = Number.isFinite(value) ? Math.max(floor - y(value), value > 0 ? 1 : 0) : 0;
    pen.fillStyle = i === bar ? "#e07b1a" : "#3a87c8";
    pen.fillRect(part.left + i * part.step, floor - high, Math.max(part.step - (part.step > 4 ? 1.5 : 0), 0.8), high);
  });
  pen.fillStyle = style.color;
  pen.fillRect(part.left, floor, width - part.left, 1);
  nameBars(pen, part, own, width, height - 3);
  tellBars(state, part, at, `${title}, ${own.title}`, bar);
}

// The axis of heights: powers of ten, or the nearest round number below the highest bar.
function ticksOf(most, log) {
  const power = Math.floor(Math.log10(most)), round = Number((Math.floor((most / 10 ** power) * 10 + 1e-9) * 10 ** (power - 1)).toPrecision(2));
  const values = log ? Array.from({ length: Math.max(power + 1, 1) }, (_, i) => 10 ** i) : [0, round];
  return values.map((value) => ({ value, words: value >= 1e4 ? compact.format(value).toLowerCase() : number(value) }));
}

// The axis of bars: each by name where they are two, else the first, the last, and between them what changes.
function nameBars(pen, part, own, width, y) {
  const { names, ends, across } = own, two = names.length === 2, middle = (i) => part.left + (i + 0.5) * part.step;
  pen.textAlign = two ? "center" : "left";
  pen.fillText(ends[0], two ? middle(0) : part.left, y);
  pen.textAlign = two ? "center" : "right";
  pen.fillText(ends[1], two ? middle(1) : width, y);
  pen.textAlign = "center";
  if (!two) pen.fillText(across, (part.left + width) / 2, y);
}

// In words: the bar that is pointed at, and for screen readers all of them, or the highest where they are many.
function tellBars(state, part, at, title, bar) {
  const { own } = state.shown.cards[at], values = Array.from(state.shown[`bars${at}`]), words = (i) => barWords(state, at, i);
  const high = values.indexOf(Math.max(...values.map((value) => (Number.isFinite(value) ? value : -1))));
  const all = values.length <= FEW ? values.map((_, i) => words(i)).join(", ") : high < 0 ? `${values.length} bars` : `${values.length} bars, the highest is ${words(high)}`;
  part.told.textContent = bar === null ? own.hint : words(bar);
  part.bars.setAttribute("aria-label", `${title}. ${bar === null ? all : words(bar)}. Arrow keys go from bar to bar${own.opens ? ", Enter puts its numbers into the formula" : ""}.`);
}

function barWords(state, at, bar) {
  const value = state.shown[`bars${at}`][bar], { own } = state.shown.cards[at];
  return `${own.names[bar]}: ${Number.isFinite(value) ? number(value) : "?"}${own.unit ? ` ${own.unit}` : ""}`;
}
