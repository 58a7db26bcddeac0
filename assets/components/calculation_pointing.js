// Where the visitor points, with mouse, finger or keys: which cell is at hand, which map is shown large, and play.
function listenTo(state) {
  const { el } = state;
  for (const [canvas, find] of [[el.inputOver, overInput], [el.outputOver, overOutput]]) {
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.onpointermove = (event) => find(state, pointer(canvas, event));
    canvas.onclick = (event) => (find(state, pointer(canvas, event)), pin(state));
    canvas.onpointerup = (event) => event.pointerType !== "mouse" && pin(state); // a finger leaves where it lifts
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
  for (const [box, canvas, find] of [[el.list, el.terms, termInList], [el.kernelOver, el.kernelOver, termOnKernel]]) {
    box.onpointermove = box.onclick = (event) => markTerm(state, ...find(state, pointer(canvas, event)));
    box.onpointerleave = () => markTerm(state, -1);
  }
  [el.back.onclick, el.step.onclick, el.play.onclick] = [() => stepBy(state, -1), () => stepBy(state, 1), () => play(state, !state.playing)];
  el.speed.onchange = () => ((state.speed = Number(el.speed.value)), state.playing && play(state, true));
  el.order.onclick = () => ((state.largestFirst = !state.largestFirst), el.order.setAttribute("aria-pressed", state.largestFirst), (el.list.scrollTop = 0), drawTerms(state));
  el.formula.onclick = () => copied(state, el.formula, asFormula(state.scene, state.terms));
  el.torch.onclick = () => copied(state, el.torch, asTorch(state.scene, state.terms));
  el.save.onclick = () => savePicture(wholePicture(state), state.scene.step);
  listenToTyping(state);
  listenToFrame(state);
  const torch = state.root.querySelector(".torch");
  new ResizeObserver(() => state.width !== torch.clientWidth && state.scene && redraw(state)).observe(torch);
}

function overInput(state, [x, y]) {
  const { scene, inputSize: [width, height] } = state, [top, left, rows, columns] = scene.input.view;
  if (state.single) {
    const at = tileAt(state.inputPlace, [x, y]);
    return hover(state, state.inputPlace.rows ? scene.siblings.order[at] ?? -1 : at);
  }
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

function showChannel(state, channel) {
  if (channel < 0 || channel >= state.scene.input.channels) return;
  state.channel = channel;
  redraw(state);
  state.say(channelName(state.scene, channel));
}

// Input, kernel and list mark the same term (-1: none), and show its channel; a head of the list stands for a channel.
function markTerm(state, term, channel = Math.floor(term / areaOf(state.scene))) {
  const other = channel >= 0 && !state.single && channel !== state.channel;
  state.term = term;
  if (!other || state.visit) return state.point(); // who is writing a weight keeps its channel
  state.channel = channel;
  state.reveal();
}

const areaOf = ({ window }) => window.size[0] * window.size[1];

// The weight in a box of the kernel.
const pointAtWeight = (state, cell) => cell >= 0 && markTerm(state, state.channel * areaOf(state.scene) + cell);

function siblingAt(state, [x, y]) {
  const { siblings } = state.scene;
  return state.siblingPlace ? tileAt(state.siblingPlace, [x, y]) : siblings.order[Math.floor(y / BAR)] ?? -1;
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
