// The training lab: curves on the left; on the right what the network does inside, its mistakes, gradients, the plane,
// or a digit to draw. Everything comes in one message from Python.

function setupLab(root) {
  const canvas = (name) => make("canvas", { className: name, tabIndex: 0 }), text = (name) => make("p", { className: name });
  const el = {
    ...makeCharts(),
    gallery: canvas("gallery"), galleryTold: text("caption"), inside: canvas("inside"), insideLegend: make("span", { className: "legend" }), chances: canvas("chances"),
    confusion: canvas("confusion"), confusionTold: text("caption"), album: canvas("album"), albumTold: text("caption"),
    plane: canvas("plane"), planeTold: make("div", { className: "keys" }), planePointed: text("caption"), gradients: canvas("gradients"), gradientsTold: text("caption"),
    paper: canvas("paper"), clear: make("button", { textContent: "Clear" }), seen: canvas("seen"), reading: canvas("reading"), drawTold: text("caption"), said: make("div", { className: "said" }),
  };
  el.said.setAttribute("aria-live", "polite");
  for (const name of ["gallery", "inside", "confusion", "plane", "paper"]) el[name].setAttribute("role", "application");
  for (const name of ["album", "chances", "gradients", "seen", "reading"]) el[name].setAttribute("role", "img"), (el[name].tabIndex = -1);
  const side = (...parts) => make("div", { className: "side" }, ...parts);
  el.panels = {
    inside: make("div", {}, el.galleryTold, el.gallery, el.inside, el.insideLegend, el.chances),
    plane: make("div", {}, el.plane, el.planeTold, el.planePointed),
    mistakes: make("div", {}, el.confusionTold, side(el.confusion, make("div", {}, el.albumTold, el.album))),
    gradients: make("div", {}, el.gradientsTold, el.gradients),
    draw: make("div", {}, el.drawTold, side(make("div", {}, el.paper, el.clear), make("div", {}, el.seen, el.reading))),
  };
  el.panel = make("section", {}, ...Object.values(el.panels));
  root.append(make("div", { className: "torch" }, make("div", { className: "lab" }, el.charts, el.panel), el.said));
  const state = { el, root, say: announcer(el.said), pointed: null, pinned: false, cell: [-1, -1] };
  state.point = everyFrame(() => draw(state));
  listen(state, root.querySelector(".torch"));
  return state;
}

function listen(state, torch) {
  const { el } = state;
  listenCharts(state);
  el.gallery.onclick = (event) => see(state, areaAt(state.exampleAreas, pointer(el.gallery, event)));
  el.gallery.onkeydown = (event) => keyed(event, ([down, right]) => see(state, within(state.lab.examples.chosen + down + right, state.lab.examples.labels.length)));
  el.inside.onpointermove = el.inside.onclick = (event) => (el.galleryTold.textContent = mapValueAt(state, pointer(el.inside, event)) || el.galleryTold.textContent);
  el.confusion.onpointermove = (event) => tellCell(state, state.cellAt(pointer(el.confusion, event)));
  el.confusion.onclick = (event) => openCell(state, state.cellAt(pointer(el.confusion, event)));
  el.confusion.onkeydown = (event) => {
    if (event.key === "Enter") return event.preventDefault(), openCell(state, state.cell);
    keyed(event, (by) => ((state.cell = state.cell.map((at, i) => within(Math.max(at, 0) + by[i], state.lab.classes.length))), tellCell(state, state.cell), state.point()));
  };
  el.plane.onpointermove = el.plane.onclick = (event) => (el.planePointed.textContent = regionWords(state, pointer(el.plane, event)));
  listenPaper(state);
  new ResizeObserver(() => state.lab && state.width !== torch.clientWidth && ((state.width = torch.clientWidth), draw(state))).observe(torch);
}

// ---- what a visitor does ----------------------------------------------------------------------

const see = (state, index) => index >= 0 && state.send("see", { index });

function tellCell(state, cell) {
  if (cell.every((at) => at >= 0)) state.el.confusionTold.textContent = cellWords(state, cell);
}

function openCell(state, cell) {
  if (cell.some((at) => at < 0)) return;
  state.cell = cell;
  state.point();
  state.send("cell", { row: cell[0], column: cell[1] });
}

// ---- drawing ----------------------------------------------------------------------------------

const PAINTERS = {
  inside: [paintExamples, paintInside],
  plane: [paintPlane],
  mistakes: [paintConfusion, paintAlbum],
  gradients: [paintGradients],
  draw: [paintPaper, paintReading],
};

function draw(state) {
  const { el, lab } = state;
  state.style = getComputedStyle(el.charts);
  state.room = el.panel.clientWidth;
  for (const [name, panel] of Object.entries(el.panels)) panel.hidden = !lab.views.includes(name);
  paintCharts(state);
  for (const name of lab.views) for (const painter of PAINTERS[name]) painter(state);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupLab), lab = unpack(data);
  takeRuns(state, lab);
  if (!state.strokes || (state.lab?.key !== lab.key && !state.stroke)) state.strokes = lab.strokes;
  [state.lab, state.send, state.cell] = [lab, setTriggerValue, lab.cell];
  state.say(lab.say);
  draw(state);
  if (lab.views.includes("mistakes")) state.el.confusionTold.textContent = lab.confusionTitle;
}
