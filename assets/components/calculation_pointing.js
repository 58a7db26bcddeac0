// Where the visitor points, with mouse, finger or keys: which cell is at hand, which map is shown large, and play.
function listenTo(state) {
  const { el } = state;
  for (const [canvas, find] of [[el.inputOver, overInput], [el.outputOver, overOutput]]) {
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.onpointermove = (event) => find(state, pointer(canvas, event));
    canvas.onclick = (event) => (find(state, pointer(canvas, event)), pin(state));
    canvas.onpointerleave = () => lookAt(state, state.pinned);
    canvas.onkeydown = (event) => walk(state, event);
  }
  el.siblings.onclick = (event) => chooseSibling(state, siblingAt(state, pointer(el.siblings, event)));
  el.siblings.onkeydown = (event) => walkSiblings(state, event);
  el.strip.onclick = (event) => showChannel(state, tileAt(state.stripPlace, pointer(el.strip, event)));
  el.strip.onkeydown = (event) => ARROWS[event.key] && (event.preventDefault(), showChannel(state, state.channel + ARROWS[event.key][1] + ARROWS[event.key][0] * state.stripPlace.across));
  el.filters.onclick = (event) => chooseFilter(state, tileAt(state.filterPlace, pointer(el.filters, event)));
  el.filters.onkeydown = (event) => ARROWS[event.key] && (event.preventDefault(), chooseFilter(state, state.scene.channel + ARROWS[event.key][0] + ARROWS[event.key][1]));
  for (const canvas of [el.strip, el.filters, el.siblings, el.overviewOver]) canvas.tabIndex = 0, canvas.setAttribute("role", "application");
  el.list.onscroll = () => drawTerms(state);
  [el.back.onclick, el.step.onclick, el.play.onclick] = [() => stepBy(state, -1), () => stepBy(state, 1), () => play(state, !state.playing)];
  el.speed.onchange = () => ((state.speed = Number(el.speed.value)), state.playing && play(state, true));
  el.order.onclick = () => ((state.largestFirst = !state.largestFirst), el.order.setAttribute("aria-pressed", state.largestFirst), (el.list.scrollTop = 0), drawTerms(state));
  el.formula.onclick = () => copied(state, el.formula, asFormula(state.scene, state.terms));
  el.torch.onclick = () => copied(state, el.torch, asTorch(state.scene, state.terms));
  el.save.onclick = () => savePicture(together([el.input, el.kernel.hidden ? el.curveCanvas : el.kernelCanvas, state.scene.siblings ? el.siblings : el.output]), state.scene.step);
  listenToTyping(state);
  listenToFrame(state);
  const torch = state.root.querySelector(".torch");
  new ResizeObserver(() => state.width !== torch.clientWidth && state.scene && redraw(state)).observe(torch);
}

function overInput(state, [x, y]) {
  const { scene, inputSize: [width, height] } = state, [top, left, rows, columns] = scene.input.view;
  if (state.single) return hover(state, tileAt(state.inputPlace, [x, y]));
  const cell = [top + Math.floor((y / height) * rows), left + Math.floor((x / width) * columns)];
  lookAt(state, cellOver(scene, cell));
  const at = state.terms.place.findIndex((_, i) => state.terms.y[i] === cell[0] && state.terms.x[i] === cell[1]);
  state.term = at < 0 ? -1 : at + state.channel * scene.window.size[0] * scene.window.size[1];
}

function overOutput(state, [x, y]) {
  const { output } = state.scene, [width, height] = state.outputSize;
  lookAt(state, [output.top + within(Math.floor((y / height) * output.rows), output.rows), output.left + within(Math.floor((x / width) * output.columns), output.columns)]);
}

const tileAt = (place, [x, y]) => Math.floor(y / place.pitch) * place.across + within(Math.floor(x / place.pitch), place.across);

function hover(state, channel) {
  if (channel < 0 || channel >= state.scene.input.channels) return;
  state.term = channel;
  state.point();
}

function lookAt(state, at) {
  state.at = at;
  state.term = -1;
  state.terms = termsOf(state.scene, at);
  state.point();
}

function pin(state) {
  if (state.playing) play(state, false);
  if (String(state.kept) === String(state.at)) return;
  state.kept = state.pinned = state.at;
  state.send("choose", { row: state.at[0], column: state.at[1] });
}

// Arrow keys go from cell to cell, Home and End along the row, Enter keeps the cell, the space bar plays.
function walk(state, event) {
  const { output } = state.scene, [row, column] = state.at;
  if (event.key === "Enter") return event.preventDefault(), pin(state);
  if (event.key === " ") return event.preventDefault(), play(state, !state.playing);
  const move = ARROWS[event.key] || { Home: [0, -1e6], End: [0, 1e6] }[event.key];
  if (!move) return;
  event.preventDefault();
  lookAt(state, [output.top + within(row - output.top + move[0], output.rows), output.left + within(column - output.left + move[1], output.columns)]);
  state.pinned = state.at; // leaving the canvas with the pointer comes back here
}

function showChannel(state, channel) {
  if (channel < 0 || channel >= state.scene.input.channels) return;
  state.channel = channel;
  redraw(state);
  state.say(channelName(state.scene, channel));
}

function siblingAt(state, [x, y]) {
  const { siblings } = state.scene;
  return state.siblingPlace ? tileAt(state.siblingPlace, [x, y]) : siblings.order[Math.floor(y / 26)] ?? -1;
}

function walkSiblings(state, event) {
  const move = ARROWS[event.key], { siblings, channel } = state.scene;
  if (!move) return;
  event.preventDefault();
  const at = siblings.order.indexOf(channel) + move[0] + move[1];
  chooseSibling(state, state.siblingPlace ? channel + move[1] + move[0] * state.siblingPlace.across : siblings.order[within(at, siblings.order.length)]);
}

function chooseSibling(state, unit) {
  if (unit >= 0 && unit < state.scene.siblingValues.length && unit !== state.scene.channel) state.send("unit", { channel: unit });
}

function chooseFilter(state, filter) {
  if (filter >= 0 && filter < state.scene.filters && filter !== state.scene.channel) state.send("unit", { channel: filter });
}

// ---- play -------------------------------------------------------------------------------------

function stepBy(state, by) {
  play(state, false);
  advance(state, by);
}

function advance(state, by) {
  const { output } = state.scene, count = output.rows * output.columns;
  const now = outputPlace(state.scene, state.at) + by;
  if (now < 0 || now >= count) return false;
  lookAt(state, [output.top + Math.floor(now / output.columns), output.left + (now % output.columns)]);
  state.pinned = state.at;
  return true;
}

// From the cell at hand on, or from the start if it is the last. Who asked for less motion gets one step a second.
function play(state, on) {
  clearInterval(state.playing);
  state.playing = 0;
  if (on) {
    const { output } = state.scene, calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (outputPlace(state.scene, state.at) === output.rows * output.columns - 1) lookAt(state, [output.top, output.left]);
    state.playing = setInterval(() => (state.root.isConnected && advance(state, 1)) || play(state, false), 1000 / (calm ? 1 : state.speed));
  }
  state.el.play.textContent = state.playing ? "❚❚ Pause" : "▶ Play";
  state.point();
}
