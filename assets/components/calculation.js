// One gesture for every number: point at the input or the output, and see the window, each term, and the sum.
const PARTS = { section: ["inputPart", "middlePart", "outputPart", "sumPart"], h2: ["inputTitle", "middleTitle", "outputTitle", "sumTitle", "overviewTitle"],
  div: ["inputBox", "kernelBox", "curveBox", "outputBox", "overviewBox", "kernel", "curve", "list", "spacer", "grid", "said", "edit"],
  canvas: ["input", "inputOver", "strip", "filters", "kernelCanvas", "kernelOver", "curveCanvas", "output", "outputOver", "siblings", "overview", "overviewOver", "terms"],
  span: ["inputLegend", "kernelLegend", "outputLegend"], p: ["shown", "value", "check", "problem"], textarea: ["manual"] };

function setupCalculation(root) {
  const el = {};
  for (const [tag, names] of Object.entries(PARTS)) for (const name of names) el[name] = make(tag, { className: tag === "span" ? "legend" : name });
  el.said.setAttribute("aria-live", "polite");
  el.said.classList.add("said");
  el.overviewBox.append(el.overview, el.overviewOver);
  el.inputBox.append(el.input, el.inputOver);
  el.outputBox.append(el.output, el.outputOver);
  el.kernelBox.append(el.kernelCanvas, el.kernelOver, el.grid);
  el.kernel.append(el.kernelBox, el.kernelLegend, el.edit);
  el.curveBox.append(el.curveCanvas);
  el.curve.append(el.curveBox, el.curveKey = make("p", { className: "key" }));
  el.spacer.append(el.terms);
  el.list.append(el.spacer);
  Object.assign(el.list, { tabIndex: 0, role: "region", ariaLabel: "All terms of this number" }); // it scrolls
  const tools = setupTools(el), play = setupPlay(el);
  el.inputPart.append(el.inputTitle, el.shown, el.inputBox, el.strip, el.inputLegend);
  el.middlePart.append(el.middleTitle, el.kernel, el.curve, el.overviewTitle, el.overviewBox);
  el.outputPart.append(el.outputTitle, el.outputBox, el.filters, el.siblings, el.outputLegend);
  el.sumPart.append(el.sumTitle, el.value, el.check, el.list, tools, el.manual);
  root.append(make("div", { className: "torch" }, make("div", { className: "calc" }, el.inputPart, el.middlePart, el.outputPart, el.sumPart, play), el.said));
  const state = { el, root, say: announcer(el.said), channel: 0, speed: 4, term: -1, past: [] };
  state.point = everyFrame(() => drawPointed(state));
  state.retype = everyFrame(() => redrawTyped(state));
  state.reveal = everyFrame(() => (paintChannel(state), drawPointed(state)));
  listenTo(state);
  return state;
}

function setupTools(el) {
  el.order = make("button", { textContent: "Largest first", title: "Sort the terms by their share of the sum" });
  el.order.setAttribute("aria-pressed", "false");
  el.formula = make("button", { textContent: "Copy for a spreadsheet", title: "This calculation at full precision, as a formula; a long one as rows, to paste at cell A1" });
  el.torch = make("button", { textContent: "Copy as PyTorch", title: "Code that prints this number at full precision" });
  el.manual.hidden = true;
  el.manual.ariaLabel = "The calculation, to select and copy";
  el.bias = make("input", { type: "text", autocomplete: "off", className: "bias", ariaLabel: "Bias" });
  el.undo = make("button", { textContent: "Undo", title: "Take back the last number typed" });
  el.reset = make("button", { textContent: "Back to the preset", title: "Take back all that was typed into this kernel" });
  el.edit.append(make("label", {}, "bias ", el.bias), el.undo, el.reset, el.problem);
  return make("div", { className: "row tools" }, el.order, el.formula, el.torch);
}

function setupPlay(el) {
  el.back = make("button", { textContent: "◀ Step", title: "One position back", ariaLabel: "One step back" });
  el.play = make("button", { textContent: "▶ Play", title: "Slide the window over the input", className: "go" });
  el.step = make("button", { textContent: "Step ▶", title: "One position on", ariaLabel: "One step" });
  el.speed = make("select", { title: "Positions a second", ariaLabel: "Speed" }, ...[1, 4, 16, 60].map((speed) => make("option", { value: speed, textContent: `${speed} a second`, selected: speed === 4 })));
  el.save = make("button", { textContent: "Save picture", title: "Download the drawing and what it says as PNG" });
  el.where = make("span", { className: "where" });
  return make("div", { className: "row play" }, el.back, el.play, el.step, el.speed, el.where, el.save);
}

// ---- drawing ----------------------------------------------------------------------------------

function redraw(state) {
  state.width = state.root.querySelector(".torch").clientWidth;
  state.viewHeight = state.width > 700 ? 250 : 300;
  paintScene(state);
  drawPointed(state);
}

function drawPointed(state) {
  const { scene, el, at } = state;
  state.terms = termsOf(scene, at);
  state.hides = scene.ask && String(scene.ask) === String(at);
  drawInputFrame(state);
  if (!el.kernel.hidden) drawKernelMark(state);
  if (!scene.siblings) drawOutputFrame(state);
  if (scene.rule === "curve") paintCurve(state);
  drawTerms(state);
  tell(state);
}

function drawInputFrame(state) {
  const { scene, el, inputSize, terms, term } = state, { window, input } = scene, pen = el.inputOver.getContext("2d");
  pen.clearRect(0, 0, ...inputSize);
  if (state.inputPlace?.rows) return markBar(pen, scene, term, inputSize[0]);
  if (state.single) return term >= 0 && markTile(pen, state.inputPlace, term);
  const cell = inputSize[0] / input.view[3], place = (at, axis) => (at - input.view[axis]) * cell, [top, left] = [windowStart(window, 0, state.at[0]), windowStart(window, 1, state.at[1])];
  outline(pen, place(left, 1), place(top, 0), Math.max(reach(window, 1) * cell, 3), Math.max(reach(window, 0) * cell, 3));
  if (window.dilation[0] * window.dilation[1] > 1 && cell > 4) // only these cells of it are looked at
    for (let i = 0; i < window.size[0] * window.size[1]; i++) pen.strokeRect(place(terms.x[i], 1) + 2, place(terms.y[i], 0) + 2, cell - 4, cell - 4);
  if (term < 0 || areaOf(scene) === 1 || Math.floor(term / areaOf(scene)) !== state.channel) return;
  const far = cell > 24 ? 4 : 0, size = Math.max(cell - 2 * far, 3); // inside its cell, or around a small one
  outline(pen, place(terms.x[term], 1) + far, place(terms.y[term], 0) + far, size, size, cell > 24);
}

function drawOutputFrame(state) {
  const { scene, el, outputSize, at, playing } = state, { output } = scene, pen = el.outputOver.getContext("2d");
  pen.clearRect(0, 0, ...outputSize);
  const cell = outputSize[0] / output.columns, [row, column] = [at[0] - output.top, at[1] - output.left];
  if (playing) { // what is still to come
    pen.fillStyle = getComputedStyle(el.output).getPropertyValue("--st-background-color") || "#888";
    pen.globalAlpha = 0.85;
    pen.fillRect((column + 1) * cell, row * cell, outputSize[0], cell);
    pen.fillRect(0, (row + 1) * cell, ...outputSize);
    pen.globalAlpha = 1;
  }
  if (scene.ask) hideAsked(pen, scene, cell);
  outline(pen, column * cell, row * cell, Math.max(cell, 3), Math.max(cell, 3));
}

function hideAsked(pen, { ask, output }, cell) {
  const size = Math.max(cell, 5), [x, y] = [(ask[1] - output.left) * cell, (ask[0] - output.top) * cell];
  fill(pen, "#111", x, y, size, size);
  [pen.fillStyle, pen.textAlign, pen.font] = ["#fff", "center", `600 ${Math.min(size * 0.7, 18)}px sans-serif`];
  if (size > 12) pen.fillText("?", x + size / 2, y + size * 0.72);
}

function tell(state) {
  const { scene, el, at, terms, hides } = state;
  const [row, column] = at, name = scene.siblings ? scene.unitName : `Row ${row}, column ${column}`;
  for (const button of [el.back, el.play, el.step]) button.disabled = scene.output.rows * scene.output.columns === 1; // nowhere to go
  el.where.textContent = scene.siblings ? "" : `row ${row}, column ${column} of ${scene.output.whole.join(" × ")}`;
  const sentence = hides ? "What comes out here? Answer below." : sentenceOf(scene, terms);
  el.value.textContent = sentence;
  if (hides) delete el.value.dataset.value;
  else el.value.dataset.value = terms.result;
  el.check.textContent = hides || state.typed ? "" : checkOf(scene, terms, state.results[scene.siblings ? 0 : outputPlace(scene, at)]);
  state.say(`${name}. ${sentence}`);
}

// The output of one of several filters.
function filterMap({ scene, results }, at) {
  if (at === scene.channel) return results;
  const size = scene.weights.length;
  return recompute({ ...scene, weights: scene.bank.subarray(at * size, (at + 1) * size), bias: scene.biases[at] });
}

export default function calculation(sent) {
  const { data, parentElement, setTriggerValue } = sent;
  const state = stateOf(parentElement, setupCalculation), before = state.scene, scene = unpack(data);
  state.send = setTriggerValue;
  const fresh = before?.key !== scene.key;
  if (fresh || scene.weights?.length !== before.weights?.length) [state.past, state.typed, state.visit] = [[], false, null];
  const answered = !fresh && answers(state, scene);
  if (answered || fresh) state.awaited = null;
  clearTimeout(state.late);
  if (state.awaited) state.late = setTimeout(() => ((state.awaited = null), calculation(sent)), 3000); // something else was chosen
  if ((state.typing || state.awaited) && !fresh) Object.assign(scene, kernelOf(before)); // typed on since it was sent
  else state.typed = false;
  const same = fresh || !scene.weights || scene.weights.every((weight, i) => weight === before.weights[i]);
  if (!same && !answered) state.past = []; // another kernel
  state.scene = scene;
  if (fresh || state.channel >= scene.input.channels) state.channel = scene.input.first;
  if (fresh || scene.again !== before.again || String(scene.at) !== String(before.at)) state.kept = state.pinned = state.at = scene.at; // a link, or the way back
  if (scene.ask && String(scene.ask) !== String(before?.ask)) state.pinned = state.at = scene.ask; // the question is about this cell
  if (fresh) state.el.manual.hidden = true;
  if (fresh) state.largestFirst = Boolean(scene.siblings && scene.input.channels > 16);
  if (fresh) play(Object.assign(state, { results: scene.results, terms: termsOf(scene, state.at) }), false);
  show(state);
}

function show(state) {
  const { scene, el } = state, { output } = scene, [row, column] = state.at;
  state.results = state.typed ? recompute(scene) : scene.results;
  if (row < output.top || column < output.left || row >= output.top + output.rows || column >= output.left + output.columns) state.pinned = state.at = scene.at;
  state.terms = termsOf(scene, state.at);
  [el.inputTitle.textContent, el.middleTitle.textContent, el.outputTitle.textContent, el.sumTitle.textContent] = scene.titles;
  el.inputOver.setAttribute("aria-label", `${scene.titles[0]}. Arrow keys move the window.`);
  el.outputOver.setAttribute("aria-label", `${scene.titles[2]}. Arrow keys go from cell to cell, Enter keeps one.`);
  el.siblings.setAttribute("aria-label", `${scene.titles[2]}. Arrow keys choose another.`);
  el.filters.setAttribute("aria-label", "The maps of all filters. Arrow keys choose another.");
  el.strip.setAttribute("aria-label", "All input channels. Arrow keys show one of them large.");
  el.overviewOver.setAttribute("aria-label", "Where the part lies. Drag the frame, or move it with the arrow keys.");
  el.curveKey.textContent = scene.curve?.key ?? "";
  el.edit.hidden = !scene.editable;
  el.overviewBox.hidden = el.overviewTitle.hidden = !scene.overview;
  el.overviewTitle.textContent = "Which part: drag the frame";
  el.middlePart.hidden = (scene.rule === "max" || scene.mean) && !scene.overview;
  state.root.querySelector(".calc").classList.toggle("bare", el.middlePart.hidden);
  el.filters.hidden = !scene.filters;
  state.filterMaps = scene.filters && Array.from({ length: scene.filters }, (_, at) => filterMap(state, at));
  el.order.hidden = scene.input.channels < 2;
  el.order.setAttribute("aria-pressed", state.largestFirst);
  state.root.querySelector(".play").hidden = Boolean(scene.siblings);
  showWaysBack(state);
  redraw(state);
  const done = () => (el.list.dataset.shows = scene.shows);
  if (!scene.overview || state.photoKey === scene.overview.key) return done();
  overviewPicture(scene).then((picture) => {
    if (state.scene.overview?.key !== scene.overview.key) return; // something else is shown by now
    [state.photo, state.photoKey] = [picture, scene.overview.key];
    paintOverview(state);
    done();
  });
}
