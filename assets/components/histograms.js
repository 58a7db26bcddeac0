// How activations and gradients are spread: a column for each layer, its histogram as colours, at every measured time.
const TALL = 190, TITLE = 20, NONE = 17, LABELS = 20, BINS = 40; // heights, and bins of each histogram

function setupHistograms(root) {
  const el = { status: make("div", { className: "status" }), said: make("div", { className: "said" }) };
  el.said.setAttribute("aria-live", "polite");
  const state = { el, say: announcer(el.said), time: 0, chosen: 0, kept: 0, bin: BINS / 2 };
  state.point = everyFrame(() => drawHistograms(state));
  state.views = [["activations", "Activations"], ["gradients", "Gradient of the weights, without its sign"]].map(([name, title]) => viewOf(state, name, title));
  el.box = make("div", {}, make("div", { className: "spread" }, ...state.views.map((view) => view.box)));
  el.box.append(make("div", { className: "row foot" }, el.status, timeRow(state, (time) => state.send("time", { time }))));
  root.append(make("div", { className: "torch" }, el.box, el.said));
  new ResizeObserver(() => state.net && state.room !== el.box.clientWidth && drawHistograms(state)).observe(el.box);
  return state;
}

// One of the two pictures, and what a visitor does there.
function viewOf(state, name, title) {
  const canvas = make("canvas", { tabIndex: 0 }), key = make("span", { className: "legend" });
  const view = { name, title, canvas, legend: key, box: make("div", {}, canvas, key) };
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", `${title}: a histogram for each layer. Left and right go from layer to layer, up and down from bin to bin.`);
  const at = (event) => {
    const [x, y] = pointer(canvas, event);
    Object.assign(state, { view, chosen: columnUnder(state, x, view.width), bin: binUnder(state, view, columnUnder(state, x, view.width), y) });
  };
  canvas.onpointermove = (event) => event.pointerType === "mouse" && (at(event), state.point());
  canvas.onclick = (event) => (at(event), keep(state, state.chosen));
  canvas.onkeydown = (event) => {
    state.view = view;
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by) event.preventDefault(), (state.bin = Math.min(Math.max(state.bin + by, -1), BINS - 1)), state.point();
    else alongLayers(state, event);
  };
  return view;
}

// ---- numbers ----------------------------------------------------------------------------------

const placeOf = ({ net, time }, layer) => time * net.names.length + layer;
const countOf = (state, view, layer, bin) => state.net[view.name][placeOf(state, layer) * BINS + bin];
function edgesOf(state, view, layer, bin) {
  const [low, high] = state.net[`${view.name}Edges`].slice(2 * placeOf(state, layer), 2 * placeOf(state, layer) + 2);
  return [low + ((high - low) * bin) / BINS, low + ((high - low) * (bin + 1)) / BINS];
}
const totalOf = (state, view, layer) => Array.from({ length: BINS }, (_, bin) => countOf(state, view, layer, bin)).reduce((a, b) => a + b, 0);

// Activations: as they are between -1 and 1, in powers of ten beyond. Gradients: their edges are powers of ten already.
const bent = (value) => (Math.abs(value) <= 1 ? value : Math.sign(value) * (1 + Math.log10(Math.abs(value))));
const heightOf = (view, value) => (view.name === "gradients" ? value : bent(value));

// The ends of the axis: of all times, so that it stays while the stack trains.
function endsOf({ net }, view) {
  const edges = net[`${view.name}Edges`], ends = [Infinity, -Infinity];
  for (const edge of edges) [ends[0], ends[1]] = [Math.min(ends[0], heightOf(view, edge)), Math.max(ends[1], heightOf(view, edge))];
  return ends[1] > ends[0] ? ends : [ends[0] - 1, ends[0] + 1];
}

// ---- drawing ----------------------------------------------------------------------------------

function drawHistograms(state) {
  const { el, net } = state;
  state.room = el.box.clientWidth;
  state.view ||= state.views[0];
  state.style = getComputedStyle(el.box);
  for (const view of state.views) {
    view.colours = domain("magnitude", 0, usualMost(state, view));
    paintView(state, view);
    legend(view.legend, view.colours, "or more: share of the layer's values in a bin");
  }
  state.showTime();
  tellHistogram(state);
}

// Where the colours end: one bin in fifty holds more, such as that of a ReLU's many zeros.
function usualMost(state, view) {
  const shares = state.net.names.flatMap((_, layer) => {
    const total = totalOf(state, view, layer);
    return Array.from({ length: BINS }, (_, bin) => countOf(state, view, layer, bin) / total).filter((share) => share > 0);
  });
  return shares.sort((a, b) => a - b)[Math.floor(0.98 * (shares.length - 1))] || 1;
}

function paintView(state, view) {
  view.width = state.width = view.box.clientWidth;
  const bottom = TITLE + TALL, height = bottom + NONE + LABELS, pen = sized(view.canvas, view.width, height), ends = endsOf(state, view);
  view.y = (value) => bottom - ((value - ends[0]) / (ends[1] - ends[0])) * TALL;
  [pen.fillStyle, pen.font, pen.textAlign, pen.textBaseline] = [state.style.color, `600 12px ${state.style.fontFamily}`, "left", "alphabetic"];
  pen.fillText(view.title, LEFT, 13, view.width - LEFT);
  for (const [value, text] of ticksOf(view, ends)) gridLine(state, pen, view.y(value), text);
  if (view.name === "gradients") gridLine(state, pen, bottom + NONE / 2 + 2, "0");
  state.net.names.forEach((_, layer) => paintColumn(state, view, pen, layer, bottom));
  columnLabels(state, pen, height - 6, view.width);
  const [from, to] = state.bin < 0 ? [bottom + NONE + 1, bottom + 3] : edgesOf(state, view, state.chosen, state.bin).map((edge) => view.y(heightOf(view, edge)));
  if (view === state.view) outline(pen, columnAt(state, state.chosen, view.width), to, Math.max(columnWidth(state, view.width), 3), Math.max(from - to, 3));
}

function paintColumn(state, view, pen, layer, bottom) {
  const x = columnAt(state, layer, view.width), wide = Math.max(columnWidth(state, view.width) - 1, 1), total = totalOf(state, view, layer);
  const zeros = state.net.zeros[placeOf(state, layer)];
  for (let bin = 0; bin < BINS; bin++) {
    const count = countOf(state, view, layer, bin);
    if (!count) continue;
    const [low, high] = edgesOf(state, view, layer, bin).map((edge) => Math.round(view.y(heightOf(view, edge))));
    pen.fillStyle = colourOf(view.colours, count / total).css;
    pen.fillRect(x, high, wide, Math.max(low - high, 1));
  }
  if (view.name !== "gradients" || !zeros) return;
  pen.fillStyle = colourOf(view.colours, zeros).css;
  pen.fillRect(x, bottom + 3, wide, NONE - 2);
}

// Values that get a line.
function ticksOf(view, ends) {
  if (view.name === "gradients") return powersBetween(ends, TALL).map((power) => [power, powerOfTen(power)]);
  const inner = [-1, -0.5, 0, 0.5, 1].map((value) => [value, number(value)]), most = Math.ceil(Math.max(-ends[0], ends[1]));
  const apart = Math.max(1, Math.ceil(most / 6));
  const outer = Array.from({ length: Math.ceil(most / apart) }, (_, i) => (i + 1) * apart).flatMap((power) => [[1 + power, powerOfTen(power)], [-1 - power, `−${powerOfTen(power)}`]]);
  const crowded = ends[1] - ends[0] > 8;
  return [...(crowded ? [[0, "0"]] : inner), ...outer].filter(([at]) => at >= ends[0] && at <= ends[1]);
}

// The bin at a height; -1 is that of the zeros.
function binUnder(state, view, layer, y) {
  if (view.name === "gradients" && y > TITLE + TALL) return -1;
  for (let bin = BINS - 1; bin > 0; bin--) if (y <= view.y(heightOf(view, edgesOf(state, view, layer, bin)[0]))) return bin;
  return 0;
}

// ---- in words ---------------------------------------------------------------------------------

function tellHistogram(state) {
  const { el, net, chosen, bin, view } = state, name = net.names[chosen];
  const total = totalOf(state, view, chosen);
  let line = `Exactly 0: ${percent(net.zeros[placeOf(state, chosen)])} of its gradients.`;
  if (bin >= 0) {
    const [low, high] = edgesOf(state, view, chosen, bin), count = countOf(state, view, chosen, bin);
    const [from, to] = view.name === "gradients" ? [10 ** low, 10 ** high] : [low, high];
    line = `${count.toLocaleString("en")} of ${total.toLocaleString("en")} ${view.name}${total ? ` (${percent(count / total)})` : ""} from ${number(from)} to ${number(to)}.`;
    if (view.name === "gradients" && !total) line = "All its gradients are exactly 0.";
  }
  el.status.replaceChildren(make("span", {}, make("b", { textContent: `${name}: ` }), line));
  state.say(`${name}: ${line}`);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupHistograms), net = unpack(data);
  state.send = setTriggerValue;
  follow(state, net);
  drawHistograms(state);
  state.views[0].canvas.dataset.shows = net.shows;
}
