// The charts of a run: point at a step, choose one to go back to it, save them. What they show is said in lab.charts.

function makeCharts() {
  const el = { keys: make("div", { className: "keys" }), readout: make("p", { className: "readout" }), go: make("button", { className: "goto" }), canvases: [] };
  el.save = make("button", { textContent: "Save curves (PNG)", title: "Download the charts as one picture" });
  el.charts = make("div", { className: "charts" }, el.keys, el.readout, make("div", { className: "buttons" }, el.go, el.save));
  return el;
}

function listenCharts(state) {
  const { el } = state;
  el.go.onclick = () => {
    state.send("go", { step: Math.min(state.pointed ?? 0, state.lab.step) });
    [state.pointed, state.pinned] = [null, false];
  };
  el.save.onclick = () => saveCurves(state);
}

// A canvas for each chart; another run may have more of them, or fewer.
function hangCharts(state) {
  const { el, lab } = state, names = lab.charts.map((chart) => chart.name);
  if (names.join() === el.canvases.map((canvas) => canvas.className).join()) return;
  el.canvases.forEach((canvas) => canvas.remove());
  el.canvases = names.map((className) => make("canvas", { className, tabIndex: 0 }));
  for (const chart of el.canvases) {
    chart.setAttribute("role", "application");
    chart.onpointermove = (event) => event.pointerType === "mouse" && !state.pinned && pointAt(state, state.stepAt(pointer(chart, event)[0]));
    chart.onpointerleave = () => state.pinned || pointAt(state, null);
    chart.onclick = (event) => pin(state, state.stepAt(pointer(chart, event)[0]));
    chart.onkeydown = (event) => keyOnChart(state, event);
  }
  el.charts.prepend(...el.canvases);
}

function paintCharts(state) {
  const { el, lab } = state, shown = state.pointed ?? lab.step;
  hangCharts(state);
  state.wide = el.charts.clientWidth;
  lab.charts.forEach((chart, i) => paintChart(state, el.canvases[i], chart));
  paintKeys(state);
  el.readout.textContent = state.pointed === null ? "Point at the curves to read a step; choose one to go back to it." : readoutOf(state, shown);
  for (const chart of el.canvases) chart.setAttribute("aria-label", `${readoutOf(state, shown)}. Arrow keys point at a step, Enter goes back to it.`);
  el.go.hidden = !state.pinned || shown >= lab.step;
  el.go.textContent = `Go back to step ${shown}`;
  el.canvases[0].dataset.shows = lab.shows;
}

// The runs of a message, each with its curves, this run first.
function takeRuns(state, lab) {
  lab.runs = lab.names.map((name, i) => ({ name, colour: RUN_COLOURS[lab.colours[i]], across: lab.across, steps: lab[`steps${i}`], losses: lab[`losses${i}`], scores: lab[`scores${i}`] }));
  lab.layers = (lab.layerNames || []).map((name, i) => ({ name, gradient: lab.gradients[i], dead: lab.dead[i] }));
  if (state.lab?.key !== lab.key) Object.assign(state, { pointed: null, pinned: false });
}

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

function keyed(event, then) {
  const by = ARROWS[event.key];
  if (by) event.preventDefault(), then(by);
}

// All charts on a ground of their own, in one file, and below them what colours and lines mean.
function saveCurves(state) {
  const { el, style } = state, all = document.createElement("canvas"), pen = all.getContext("2d"), keys = keysOf(state);
  const sharp = window.devicePixelRatio || 1, line = 18 * sharp, charts = el.canvases.reduce((sum, canvas) => sum + canvas.height, 0);
  [all.width, all.height] = [el.canvases[0].width, charts + (keys.length + 0.5) * line];
  pen.fillStyle = style.getPropertyValue("--st-background-color") || "#fff";
  pen.fillRect(0, 0, all.width, all.height);
  el.canvases.reduce((top, canvas) => (pen.drawImage(canvas, 0, top), top + canvas.height), 0);
  [pen.font, pen.textBaseline] = [`${12 * sharp}px ${style.fontFamily}`, "middle"];
  keys.forEach((key, i) => {
    const middle = charts + (i + 0.5) * line, left = PAD.left * sharp;
    paintKey(pen, key, left, middle, sharp);
    pen.fillStyle = style.color;
    pen.fillText(key.words, left + 34 * sharp, middle, all.width - left - 40 * sharp);
  });
  savePicture(all, "curves");
}
