// The drawing of a small network: inputs, neurons, weights as lines between them, targets and the loss.
// In CSS pixels: to be read from the last row where there is room, and small enough for a phone.
const SIZES = { wide: { radius: 36, words: 14, digits: 17, row: 116 }, narrow: { radius: 26, words: 11, digits: 12, row: 88 } };
const ROOMY = 560;

// Where everything stands, in CSS pixels: { id: [x, y] } for what is round, { id: [x, y, x, y] } for weights.
function placesOf(sizes, width, height, { radius, digits }) {
  const places = {}, columns = sizes.length + 1, across = (width - 2 * radius - 20) / (columns - 1);
  const x = (column) => radius + 10 + column * across, y = (at, count) => ((height - 4 - digits) * (at + 0.5)) / count; // and room for the last bias
  const node = (layer, at) => (layer ? `n${layer}.${at}` : `x${at}`);
  sizes.forEach((size, layer) => {
    for (let at = 1; at <= size; at++) {
      const here = (places[node(layer, at)] = [x(layer), y(at - 1, size)]);
      if (!layer) continue;
      places[`b${layer}.${at}`] = [here[0], here[1] + radius + digits];
      for (let from = 1; from <= sizes[layer - 1]; from++) places[`w${layer}.${at}.${from}`] = [...places[node(layer - 1, from)], ...here];
    }
  });
  const last = sizes[sizes.length - 1];
  for (let at = 1; at <= last; at++) places[`t${at}`] = [x(columns - 1), y(at - 1, last)];
  return places;
}

// What the lines show in each stage: the weights, and on the way back what the loss makes of them.
const SHOWN = [
  { line: (w) => w, words: "weights" },
  { line: (w) => w, words: "weights" },
  { line: (w) => `d${w}`, words: "slopes of the loss along each weight" },
  { line: (w) => `${w} new`, words: "new weights" },
];

function paintGraph(state) {
  const { el, net, stage } = state, width = el.box.clientWidth, size = (state.size = SIZES[width < ROOMY ? "narrow" : "wide"]);
  const height = Math.max(260, size.row * Math.max(...net.sizes)), places = (state.places = placesOf(net.sizes, width, height, size)), pen = sized(el.graph, width, height);
  const shown = SHOWN[stage], weights = Object.keys(places).filter((id) => id[0] === "w");
  const most = Math.max(...weights.map((id) => Math.abs(valueOf(state, shown.line(id)))).filter(Number.isFinite), 0);
  const shades = domain("signed", -most, most), roomy = weights.length <= 16 && net.sizes.every((size, at) => !at || size * net.sizes[at - 1] <= 9); // no number on another
  state.style = getComputedStyle(el.graph);
  pen.textAlign = "center";
  for (const id of weights) paintWeight(state, pen, id, valueOf(state, shown.line(id)), shades, roomy);
  for (const id of Object.keys(places)) if (id[0] === "t") paintComparison(state, pen, id);
  for (const id of Object.keys(places)) if (id[0] !== "w") paintNode(state, pen, id);
  legend(el.legend, shades, shown.words);
}

function paintWeight(state, pen, id, value, shades, roomy) {
  const [x, y, toX, toY] = state.places[id], { most, ink, radius } = { most: shades.high, ink: state.style.color, radius: state.size.radius };
  const length = Math.hypot(toX - x, toY - y), [alongX, alongY] = [(toX - x) / length, (toY - y) / length];
  const from = [x + alongX * radius, y + alongY * radius], to = [toX - alongX * radius, toY - alongY * radius];
  const stroke = (colour, wide) => {
    [pen.strokeStyle, pen.lineWidth] = [colour, wide];
    pen.beginPath(), pen.moveTo(...from), pen.lineTo(...to), pen.stroke();
  };
  const wide = 1.5 + (Number.isFinite(value) ? 5 * Math.abs(value / most) : 0);
  if (id === state.chosen) stroke("#000", wide + 6), stroke("#ffd400", wide + 3);
  else stroke(ink, wide + 1); // an edge, so that pale ones show on any ground
  stroke(Number.isFinite(value) ? colourOf(shades, value).css : "#c62828", wide);
  if (roomy || id === state.chosen) tag(state, pen, number(value), from[0] + (to[0] - from[0]) * 0.36, from[1] + (to[1] - from[1]) * 0.36);
}

// An output is compared with its target.
function paintComparison(state, pen, id) {
  const [x, y] = state.places[id], [from] = state.places[`n${state.net.sizes.length - 1}.${id.slice(1)}`];
  [pen.strokeStyle, pen.lineWidth] = [state.style.color, 1];
  pen.setLineDash([3, 5]);
  pen.beginPath(), pen.moveTo(from + state.size.radius, y), pen.lineTo(x - state.size.radius, y), pen.stroke();
  pen.setLineDash([]);
}

// A small number on a ground of its own.
function tag(state, pen, text, x, y) {
  const { digits } = state.size;
  pen.font = `${digits}px ${state.style.fontFamily}`;
  const wide = pen.measureText(text).width + 8, high = digits + 6;
  pen.fillStyle = state.style.getPropertyValue("--st-background-color") || "#fff";
  pen.fillRect(x - wide / 2, y - high / 2, wide, high);
  pen.fillStyle = state.style.color;
  pen.fillText(text, x, y + digits / 3);
}

function paintNode(state, pen, id) {
  const [x, y] = state.places[id], { stage, style } = state, { radius, words, digits } = state.size, kind = id[0], about = id.slice(1);
  if (kind === "b") return tag(state, pen, `${stage === 3 ? "new b" : "b"} ${number(valueOf(state, stage === 3 ? `${id} new` : id))}`, x, y), ring(state, pen, id);
  pen.beginPath();
  kind === "t" ? pen.rect(x - radius, y - radius, 2 * radius, 2 * radius) : pen.arc(x, y, radius, 0, 7);
  pen.fillStyle = style.getPropertyValue("--st-secondary-background-color") || "#eee";
  pen.fill();
  [pen.strokeStyle, pen.lineWidth] = [style.color, 1.5];
  pen.stroke();
  const lines = { x: [id, number(valueOf(state, id))], n: [stage === 2 ? "error" : `y${about}`, number(valueOf(state, `${stage === 2 ? "e" : "y"}${about}`))], t: ["target", number(valueOf(state, id))] }[kind];
  pen.fillStyle = style.color;
  pen.font = `${words}px ${style.fontFamily}`;
  pen.fillText(lines[0], x, y - 0.4 * words);
  pen.font = `600 ${digits}px ${style.fontFamily}`;
  pen.fillText(lines[1], x, y + 0.85 * digits, 2 * radius - 8);
  if (kind === "t" && stage >= 1) tag(state, pen, `loss ${number(valueOf(state, `L${about}`))}`, x - 4, y + radius + digits);
  ring(state, pen, id);
}

const biasOf = ({ size }) => [size.radius + 10, size.digits]; // half as wide and as high as its tag

function ring(state, pen, id) {
  if (id !== state.chosen) return;
  const [x, y] = state.places[id], { radius } = state.size, half = id[0] === "b" ? biasOf(state) : [radius + 3, radius + 3];
  outline(pen, x - half[0], y - half[1], 2 * half[0], 2 * half[1]);
}

// What is under the pointer: a round thing, or the nearest weight.
function elementAt(state, [x, y]) {
  const { places, size } = state, [halfWide, halfHigh] = biasOf(state);
  let best = "", nearest = 12;
  for (const [id, [a, b, c, d]] of Object.entries(places)) {
    if (id[0] !== "w") {
      const inside = id[0] === "b" ? Math.abs(x - a) < halfWide && Math.abs(y - b) < halfHigh : Math.hypot(x - a, y - b) < size.radius + 2;
      if (inside) return id;
      continue;
    }
    const along = Math.min(Math.max(((x - a) * (c - a) + (y - b) * (d - b)) / ((c - a) ** 2 + (d - b) ** 2), 0.12), 0.88);
    const far = Math.hypot(x - a - along * (c - a), y - b - along * (d - b));
    if (far < nearest) [best, nearest] = [id, far];
  }
  return best;
}

// The loss of every iteration so far; what is still to come is not drawn.
function paintLosses(state) {
  const { el, at, net } = state, width = el.box.clientWidth, { words } = state.size, height = 52 + 2 * words, pad = 4 * words;
  const pen = sized(el.losses, width, height), losses = Array.from({ length: at + 1 }, (_, i) => valueOf(state, "L", i));
  const last = Math.max(net.count - 1, 1), most = Math.max(...losses.filter(Number.isFinite), 1e-12);
  const x = (i) => pad + (i / last) * (width - pad - 12), y = (loss) => 10 + (1 - Math.min(loss / most, 1)) * (height - 14 - 1.4 * words);
  [pen.fillStyle, pen.strokeStyle, pen.lineWidth, pen.font] = [state.style.color, state.style.color, 1, `${words}px ${state.style.fontFamily}`];
  pen.globalAlpha = 0.4;
  pen.beginPath(), pen.moveTo(pad, y(0)), pen.lineTo(width - 12, y(0)), pen.stroke();
  pen.globalAlpha = 1;
  pen.textAlign = "right", pen.fillText(number(most), pad - 8, 14, pad - 8), pen.fillText("0", pad - 8, y(0) + 4);
  pen.textAlign = "left", pen.fillText("iteration 0", pad, height - 4), (pen.textAlign = "right"), pen.fillText(String(last), width - 12, height - 4);
  [pen.strokeStyle, pen.lineWidth] = ["#e07b1a", 2.25];
  pen.beginPath(), losses.forEach((loss, i) => Number.isFinite(loss) && pen[i ? "lineTo" : "moveTo"](x(i), y(loss))), pen.stroke();
  pen.beginPath(), pen.arc(x(at), y(losses[at]), 5, 0, 7), (pen.fillStyle = "#e07b1a"), pen.fill();
  state.iterationAt = (pointed) => within(Math.round(((pointed - pad) / (width - pad - 12)) * last), net.count);
}
