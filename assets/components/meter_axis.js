// Axes that the meter and the histograms share: powers of ten upwards, layers to the right.
const LEFT = 58, RIGHT = 12; // room beside the columns, in CSS pixels
const BLUE = "#3a87c8", ORANGE = "#e07b1a"; // safe for colour-blind eyes, in light and in dark

const raised = (n) => String(n).replace(/[-\d]/g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]));
const powerOfTen = (n) => (n >= -2 && n <= 3 ? String(10 ** n) : `10${raised(n)}`);

// Whole powers of ten around the values above zero; two of them at least.
function decades(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) if (value > 0 && Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) return [-1, 1];
  const ends = [Math.floor(Math.log10(low) - 0.15), Math.ceil(Math.log10(high) + 0.05)];
  return ends[1] - ends[0] < 2 ? [ends[0] - 1, ends[1]] : ends;
}

// The powers that get a line: so few that their labels have room.
function powersBetween([low, high], height) {
  const apart = Math.max(1, Math.ceil((high - low) / Math.max(1, Math.floor(height / 22))));
  return Array.from({ length: Math.floor((high - low) / apart) + 1 }, (_, i) => low + i * apart);
}

// One horizontal line of an axis, with its label on the left.
function gridLine(state, pen, y, text, strong = false) {
  [pen.strokeStyle, pen.fillStyle, pen.lineWidth] = [state.style.color, state.style.color, 1];
  pen.globalAlpha = strong ? 0.55 : 0.16;
  pen.beginPath(), pen.moveTo(LEFT, Math.round(y) + 0.5), pen.lineTo(state.width - RIGHT, Math.round(y) + 0.5), pen.stroke();
  pen.globalAlpha = 1;
  [pen.font, pen.textAlign, pen.textBaseline] = [`11px ${state.style.fontFamily}`, "right", "middle"];
  pen.fillText(text, LEFT - 6, y);
}

// The labels of the columns, as many as have room; the one at hand always has.
function columnLabels(state, pen, y, width = state.width) {
  const { net, chosen } = state, ends = [];
  [pen.font, pen.textAlign, pen.textBaseline, pen.fillStyle] = [`11px ${state.style.fontFamily}`, "center", "alphabetic", state.style.color];
  const order = [chosen, 0, net.labels.length - 1, ...net.labels.keys()];
  for (const at of new Set(order)) {
    const text = net.labels[at], half = pen.measureText(text).width / 2 + 4;
    const x = Math.min(Math.max(columnAt(state, at, width) + columnWidth(state, width) / 2, half), width - half);
    if (ends.some(([from, to]) => x - half < to && x + half > from)) continue;
    ends.push([x - half, x + half]);
    pen.font = `${at === chosen ? "600 " : ""}11px ${state.style.fontFamily}`;
    pen.fillText(text, x, y);
  }
}

const columnWidth = ({ net }, width) => (width - LEFT - RIGHT) / net.names.length;
const columnAt = (state, at, width = state.width) => LEFT + at * columnWidth(state, width);
const columnUnder = (state, x, width = state.width) => within(Math.floor((x - LEFT) / columnWidth(state, width)), state.net.names.length);
