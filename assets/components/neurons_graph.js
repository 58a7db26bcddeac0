// The drawing of a small network: inputs, neurons, weights as lines between them, targets and the loss.
const RADIUS = 26;

// Where everything stands, in CSS pixels: { id: [x, y] } for what is round, { id: [x, y, x, y] } for weights.
function placesOf(sizes, width, height) {
  const places = {}, columns = sizes.length + 1, across = (width - 2 * RADIUS - 20) / (columns - 1);
  const x = (column) => RADIUS + 10 + column * across, y = (at, count) => ((height - 16) * (at + 0.5)) / count; // and room for the last bias
  const node = (layer, at) => (layer ? `n${layer}.${at}` : `x${at}`);
  sizes.forEach((size, layer) => {
    for (let at = 1; at <= size; at++) {
      const here = (places[node(layer, at)] = [x(layer), y(at - 1, size)]);
      if (!layer) continue;
      places[`b${layer}.${at}`] = [here[0], here[1] + RADIUS + 13];
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
  const { el, net, stage } = state, width = el.box.clientWidth, height = Math.max(260, 88 * Math.max(...net.sizes));
  const places = (state.places = placesOf(net.sizes, width, height)), pen = sized(el.graph, width, height);
  const shown = SHOWN[stage], weights = Object.keys(places).filter((id) => id[0] === "w");
  const most = Math.max(...weights.map((id) => Math.abs(valueOf(state, shown.line(id)))).filter(Number.isFinite), 0);
  const shades = domain("signed", -most, most), roomy = weights.length <= 16;
  state.style = getComputedStyle(el.graph);
  pen.textAlign = "center";
  for (const id of weights) paintWeight(state, pen, id, valueOf(state, shown.line(id)), shades, roomy);
  for (const id of Object.keys(places)) if (id[0] === "t") paintComparison(state, pen, id);
  for (const id of Object.keys(places)) if (id[0] !== "w") paintNode(state, pen, id);
  legend(el.legend, shades, shown.words);
}

function paintWeight(state, pen, id, value, shades, roomy) {
  const [x, y, toX, toY] = state.places[id], { most, ink } = { most: shades.high, ink: state.style.color };
  const length = Math.hypot(toX - x, toY - y), [alongX, alongY] = [(toX - x) / length, (toY - y) / length];
  const from = [x + alongX * RADIUS, y + alongY * RADIUS], to = [toX - alongX * RADIUS, toY - alongY * RADIUS];
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
  pen.beginPath(), pen.moveTo(from + RADIUS, y), pen.lineTo(x - RADIUS, y), pen.stroke();
  pen.setLineDash([]);
}

// A small number on a ground of its own.
function tag(state, pen, text, x, y) {
  pen.font = `12px ${state.style.fontFamily}`;
  const wide = pen.measureText(text).width + 8;
  pen.fillStyle = state.style.getPropertyValue("--st-background-color") || "#fff";
  pen.fillRect(x - wide / 2, y - 9, wide, 18);
  pen.fillStyle = state.style.color;
  pen.fillText(text, x, y + 4);
}

function paintNode(state, pen, id) {
  const [x, y] = state.places[id], { stage, style } = state, kind = id[0], about = id.slice(1);
  if (kind === "b") return tag(state, pen, `${stage === 3 ? "new b" : "b"} ${number(valueOf(state, stage === 3 ? `${id} new` : id))}`, x, y), ring(state, pen, id);
  pen.beginPath();
  kind === "t" ? pen.rect(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS) : pen.arc(x, y, RADIUS, 0, 7);
  pen.fillStyle = style.getPropertyValue("--st-secondary-background-color") || "#eee";
  pen.fill();
  [pen.strokeStyle, pen.lineWidth] = [style.color, 1.5];
  pen.stroke();
  const lines = { x: [id, number(valueOf(state, id))], n: [stage === 2 ? "error" : `y${about}`, number(valueOf(state, `${stage === 2 ? "e" : "y"}${about}`))], t: ["target", number(valueOf(state, id))] }[kind];
  pen.fillStyle = style.color;
  pen.font = `11px ${style.fontFamily}`;
  pen.fillText(lines[0], x, y - 5);
  pen.font = `600 12px ${style.fontFamily}`;
  pen.fillText(lines[1], x, y + 10, 2 * RADIUS - 4);
  if (kind === "t" && stage >= 1) tag(state, pen, `loss ${number(valueOf(state, `L${about}`))}`, x - 4, y + RADIUS + 13);
  ring(state, pen, id);
}

function ring(state, pen, id) {
  if (id !== state.chosen) return;
  const [x, y] = state.places[id], half = id[0] === "b" ? [36, 12] : [RADIUS + 3, RADIUS + 3];
  outline(pen, x - half[0], y - half[1], 2 * half[0], 2 * half[1]);
}

// What is under the pointer: a round thing, or the nearest weight.
function elementAt({ places }, [x, y]) {
  let best = "", nearest = 12;
  for (const [id, [a, b, c, d]] of Object.entries(places)) {
    if (id[0] !== "w") {
      const inside = id[0] === "b" ? Math.abs(x - a) < 36 && Math.abs(y - b) < 12 : Math.hypot(x - a, y - b) < RADIUS + 2;
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
  const { el, at, net } = state, width = el.box.clientWidth, height = 74, pad = 34;
  const pen = sized(el.losses, width, height), losses = Array.from({ length: at + 1 }, (_, i) => valueOf(state, "L", i));
  const last = Math.max(net.count - 1, 1), most = Math.max(...losses.filter(Number.isFinite), 1e-12);
  const x = (i) => pad + (i / last) * (width - pad - 12), y = (loss) => 10 + (1 - Math.min(loss / most, 1)) * (height - 30);
  [pen.fillStyle, pen.strokeStyle, pen.lineWidth, pen.font] = [state.style.color, state.style.color, 1, `11px ${state.style.fontFamily}`];
  pen.globalAlpha = 0.4;
  pen.beginPath(), pen.moveTo(pad, y(0)), pen.lineTo(width - 12, y(0)), pen.stroke();
  pen.globalAlpha = 1;
  pen.textAlign = "right", pen.fillText(number(most), pad - 4, 14, pad - 4), pen.fillText("0", pad - 4, y(0) + 4);
  pen.textAlign = "left", pen.fillText("iteration 0", pad, height - 4), (pen.textAlign = "right"), pen.fillText(String(last), width - 12, height - 4);
  [pen.strokeStyle, pen.lineWidth] = ["#e07b1a", 2.25];
  pen.beginPath(), losses.forEach((loss, i) => Number.isFinite(loss) && pen[i ? "lineTo" : "moveTo"](x(i), y(loss))), pen.stroke();
  pen.beginPath(), pen.arc(x(at), y(losses[at]), 5, 0, 7), (pen.fillStyle = "#e07b1a"), pen.fill();
  state.iterationAt = (pointed) => within(Math.round(((pointed - pad) / (width - pad - 12)) * last), net.count);
}
