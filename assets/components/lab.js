// The training lab: curves on the left; on the right what the network does inside, its mistakes, gradients, the plane,
// or a digit to draw. Everything comes in one message from Python.

function setupLab(root) {
  const canvas = (name) => make("canvas", { className: name, tabIndex: 0 }), text = (name) => make("p", { className: name });
  const el = {
    loss: canvas("loss"), accuracy: canvas("accuracy"), keys: make("div", { className: "keys" }), readout: text("readout"),
    go: make("button", { className: "goto" }), save: make("button", { textContent: "Save curves (PNG)", title: "Download both charts as one picture" }),
    gallery: canvas("gallery"), galleryTold: text("caption"), inside: canvas("inside"), insideLegend: make("span", { className: "legend" }), chances: canvas("chances"),
    confusion: canvas("confusion"), confusionTold: text("caption"), album: canvas("album"), albumTold: text("caption"),
    plane: canvas("plane"), planeTold: make("div", { className: "keys" }), planePointed: text("caption"), gradients: canvas("gradients"), gradientsTold: text("caption"),
    paper: canvas("paper"), clear: make("button", { textContent: "Clear" }), seen: canvas("seen"), reading: canvas("reading"), drawTold: text("caption"), said: make("div", { className: "said" }),
  };
  el.said.setAttribute("aria-live", "polite");
  for (const name of ["loss", "accuracy", "gallery", "inside", "confusion", "plane", "paper"]) el[name].setAttribute("role", "application");
  for (const name of ["album", "chances", "gradients", "seen", "reading"]) el[name].setAttribute("role", "img"), (el[name].tabIndex = -1);
  el.charts = make("div", { className: "charts" }, el.accuracy, el.loss, el.keys, el.readout, make("div", { className: "buttons" }, el.go, el.save));
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
  for (const chart of [el.loss, el.accuracy]) {
    chart.onpointermove = (event) => event.pointerType === "mouse" && !state.pinned && pointAt(state, state.stepAt(pointer(chart, event)[0]));
    chart.onpointerleave = () => state.pinned || pointAt(state, null);
    chart.onclick = (event) => pin(state, state.stepAt(pointer(chart, event)[0]));
    chart.onkeydown = (event) => keyOnChart(state, event);
  }
  el.go.onclick = () => {
    state.send("go", { step: Math.min(state.pointed ?? 0, state.lab.step) });
    [state.pointed, state.pinned] = [null, false];
  };
  el.save.onclick = () => saveCurves(state);
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

function keyed(event, then) {
  const by = ARROWS[event.key];
  if (by) event.preventDefault(), then(by);
}

// ---- what a visitor does ----------------------------------------------------------------------

function pointAt(state, step) {
  state.pointed = step;
  state.point();
}

function pin(state, step) {
  state.pinned = true;
  pointAt(state, Math.min(step, state.lab.step));
}

function keyOnChart(state, event) {
  if (event.key === "Escape") return (state.pinned = false), pointAt(state, null);
  if (event.key === "Enter" && state.pointed !== null) return event.preventDefault(), state.el.go.click();
  keyed(event, ([up, right]) => pin(state, Math.max(0, (state.pointed ?? state.lab.step) + (right - up) * Math.max(1, Math.round(state.lab.most / 100)))));
}

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

// Both charts on a ground of their own, in one file.
function saveCurves({ el, style }) {
  const both = document.createElement("canvas"), pen = both.getContext("2d");
  [both.width, both.height] = [el.loss.width, el.loss.height + el.accuracy.height];
  pen.fillStyle = style.getPropertyValue("--st-background-color") || "#fff";
  pen.fillRect(0, 0, both.width, both.height);
  pen.drawImage(el.accuracy, 0, 0);
  pen.drawImage(el.loss, 0, el.accuracy.height);
  savePicture(both, "curves");
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
  [state.wide, state.room] = [el.charts.clientWidth, el.panel.clientWidth];
  for (const [name, panel] of Object.entries(el.panels)) panel.hidden = !lab.views.includes(name);
  paintChart(state, el.accuracy, "accuracy");
  paintChart(state, el.loss, "loss");
  paintKeys(state);
  const shown = state.pointed ?? lab.step;
  el.readout.textContent = state.pointed === null ? "Point at the curves to read a step; choose one to go back to it." : readoutOf(state, shown);
  for (const chart of [el.loss, el.accuracy]) chart.setAttribute("aria-label", `${readoutOf(state, shown)}. Arrow keys point at a step, Enter goes back to it.`);
  el.go.hidden = !state.pinned || shown >= lab.step;
  el.go.textContent = `Go back to step ${shown}`;
  for (const name of lab.views) for (const painter of PAINTERS[name]) painter(state);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupLab), lab = unpack(data);
  lab.runs = lab.names.map((name, i) => ({ name, steps: lab[`steps${i}`], losses: lab[`losses${i}`], scores: lab[`scores${i}`] }));
  lab.layers = (lab.layerNames || []).map((name, i) => ({ name, gradient: lab.gradients[i], dead: lab.dead[i] }));
  if (state.lab?.key !== lab.key) Object.assign(state, { pointed: null, pinned: false });
  if (!state.strokes || (state.lab?.key !== lab.key && !state.stroke)) state.strokes = lab.strokes;
  [state.lab, state.send, state.cell] = [lab, setTriggerValue, lab.cell];
  state.say(lab.say);
  draw(state);
  if (lab.views.includes("mistakes")) state.el.confusionTold.textContent = lab.confusionTitle;
  state.el.accuracy.dataset.shows = lab.shows;
}
