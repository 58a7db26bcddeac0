// How large the gradient and the activation are in every layer, on an axis of powers of ten. Exact zeros stand below it.
const ROW = 128, HEAD = 20, ZERO = 20, FOOT = 20; // heights of a row, its title, the line of zeros, the labels

function setupMeter(root) {
  const el = {
    canvas: make("canvas", { className: "meter", tabIndex: 0 }), status: make("div", { className: "status" }), said: make("div", { className: "said" }),
    save: make("button", { textContent: "Save picture", title: "Download the meter as PNG" }), hint: make("span", { className: "hint" }),
  };
  el.said.setAttribute("aria-live", "polite");
  el.canvas.setAttribute("role", "application");
  const state = { el, say: announcer(el.said), time: 0, chosen: 0, kept: 0 };
  state.point = everyFrame(() => drawMeter(state));
  el.box = make("div", {}, el.canvas, make("div", { className: "row foot" }, el.status, timeRow(state, (time) => state.send("time", { time })), el.save));
  root.append(make("div", { className: "torch" }, el.box, el.said));
  listenToMeter(state);
  return state;
}

function listenToMeter(state) {
  const { el } = state;
  el.canvas.onpointermove = (event) => event.pointerType === "mouse" && hoverMeter(state, columnUnder(state, pointer(el.canvas, event)[0]));
  el.canvas.onpointerleave = () => hoverMeter(state, state.kept);
  el.canvas.onpointerdown = (event) => (state.touch = event.pointerType !== "mouse");
  el.canvas.onclick = (event) => {
    const at = columnUnder(state, pointer(el.canvas, event)[0]), again = at === state.kept && state.choosing;
    if (state.net.opens && (!state.touch || again)) open(state, at);
    else keep(state, at);
  };
  el.canvas.onkeydown = (event) => {
    if (!alongLayers(state, event) && event.key === "Enter" && state.net.opens) open(state, state.chosen);
  };
  el.save.onclick = () => savePicture(el.canvas, "gradient-flow");
  new ResizeObserver(() => state.net && state.width !== el.box.clientWidth && drawMeter(state)).observe(el.box);
}

function hoverMeter(state, at) {
  if (at === state.chosen) return;
  state.chosen = at;
  state.point();
}

function open(state, at) {
  clearTimeout(state.choosing);
  state.send("open", { layer: at });
}

// ---- drawing ----------------------------------------------------------------------------------

// A row's values now, and the same of all times, so that the axis stays while it trains.
const rowsOf = ({ net }) => [
  { all: net.gradient, colour: ORANGE, way: "◀", words: net.words[0], zero: "nothing arrives" },
  { all: net.activation, colour: BLUE, way: "▶", words: net.words[1], zero: "gives only 0" },
];
const valueIn = ({ net, time }, all, at) => all[time * net.names.length + at];

function drawMeter(state) {
  const { el } = state;
  state.width = el.box.clientWidth;
  state.style = getComputedStyle(el.canvas);
  const rows = rowsOf(state);
  let y = 0;
  for (const row of rows) {
    row.top = y + HEAD;
    row.zeros = row.all.some((value) => value === 0);
    row.ends = decades(row.all);
    y = row.bottom = row.top + ROW - HEAD - (row.zeros ? ZERO : 0);
    if (row.zeros) y += ZERO;
    y += 6;
  }
  const height = y + FOOT, pen = sized(el.canvas, state.width, height);
  rows.forEach((row) => paintRow(state, pen, row));
  columnLabels(state, pen, height - 6);
  const wide = columnWidth(state, state.width);
  for (const row of rows) outline(pen, columnAt(state, state.chosen) - 1, row.top, Math.max(wide, 3) + 2, row.bottom - row.top + (row.zeros ? ZERO : 1));
  state.showTime();
  tellMeter(state);
}

function paintRow(state, pen, row) {
  const { net, style } = state, wide = columnWidth(state, state.width), gap = wide > 6 ? Math.min(4, wide * 0.2) : 0;
  const [low, high] = row.ends, y = (value) => row.bottom - ((Math.log10(value) - low) / (high - low)) * (row.bottom - row.top);
  [pen.fillStyle, pen.font, pen.textAlign, pen.textBaseline] = [row.colour, `600 12px ${style.fontFamily}`, "left", "alphabetic"];
  const title = row.way === "◀" ? `◀ ${row.words}` : `${row.words} ▶`;
  pen.fillRect(LEFT, row.top - HEAD + 5, 10, 10);
  pen.fillStyle = style.color;
  pen.fillText(title, LEFT + 15, row.top - 6, state.width - LEFT - 20);
  for (const power of row.all.every(Number.isNaN) ? [] : powersBetween(row.ends, row.bottom - row.top)) gridLine(state, pen, y(10 ** power), row.zeros && power === low ? "" : powerOfTen(power));
  if (row.zeros) gridLine(state, pen, row.bottom, "", true), gridLine(state, pen, row.bottom + ZERO / 2, "0");
  if (net.names.every((_, at) => valueIn(state, row.all, at) === 0)) {
    [pen.fillStyle, pen.font, pen.textAlign] = [style.color, `600 14px ${style.fontFamily}`, "center"];
    pen.fillText(`0 in every layer: ${row.zero}`, (LEFT + state.width) / 2, (row.top + row.bottom) / 2);
  }
  net.names.forEach((_, at) => paintBar(state, pen, row, at, columnAt(state, at) + gap / 2, Math.max(wide - gap, 1), y));
}

function paintBar(state, pen, row, at, x, wide, y) {
  const value = valueIn(state, row.all, at), middle = x + wide / 2;
  if (Number.isNaN(value)) {
    [pen.fillStyle, pen.font, pen.textAlign, pen.textBaseline] = [state.style.color, `600 14px ${state.style.fontFamily}`, "center", "middle"];
    if (wide > 8 || at % 4 === 0) pen.fillText("?", middle, (row.top + row.bottom) / 2);
  } else if (value === 0) {
    const half = Math.min(4, Math.max(wide / 2 - 1, 1.5)), centre = row.bottom + ZERO / 2;
    [pen.strokeStyle, pen.lineWidth] = [row.colour, 1.75];
    pen.beginPath(), pen.moveTo(middle - half, centre - half), pen.lineTo(middle + half, centre + half);
    pen.moveTo(middle + half, centre - half), pen.lineTo(middle - half, centre + half), pen.stroke();
  } else {
    pen.fillStyle = row.colour;
    pen.fillRect(x, y(value), wide, row.bottom - y(value));
  }
}

// ---- in words ---------------------------------------------------------------------------------

function tellMeter(state) {
  const { el, net, chosen, time } = state, [gradient, activation] = rowsOf(state);
  const told = (row, name) => ((value) => (Number.isNaN(value) ? `${name} hidden` : value === 0 ? `${name} 0, ${row.zero}` : `${name} ${number(value)}`))(valueIn(state, row.all, chosen));
  const here = valueIn(state, gradient.all, chosen), next = chosen + 1 < net.names.length ? valueIn(state, gradient.all, chosen + 1) : 0;
  const times = next > 0 && here > 0 ? `, ${number(here / next)} times that of ${net.names[chosen + 1]}` : "";
  const more = net.more.map((words, i) => [words, net[`more${i}`][time * net.names.length + chosen]]);
  const others = more.map(([words, value]) => `${words}: ${words.startsWith("arriv") ? number(value) : percent(value)}`);
  const opens = net.opens ? `${state.touch ? "Tap again" : "Click"} to open it on ${net.opens}.` : "";
  const line = [`${told(gradient, "gradient")}${times}`, told(activation, "activation"), ...others].join(" · ");
  el.status.replaceChildren(make("span", {}, make("b", { textContent: `${net.names[chosen]}: ` }), `${line}. ${opens}`));
  state.say(`${net.names[chosen]}: ${line}. ${opens}`);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupMeter), net = unpack(data);
  state.send = setTriggerValue;
  follow(state, net);
  state.el.canvas.setAttribute("aria-label", `Sizes layer by layer, first to last. ${net.alt} Arrow keys go from layer to layer${net.opens ? ", Enter opens one" : ""}.`);
  drawMeter(state);
  state.el.canvas.dataset.shows = net.shows;
}
