// An autoencoder at work: input, code, output and error in one row; the code can be dragged, and the output follows.
const PICTURES = ["input", "output", "error"];
const TALLEST = 300; // CSS pixels of a picture

function setupAutoencoder(root) {
  const names = ["pad", "input", "code", "output", "error"], el = {};
  for (const name of PICTURES) Object.assign(el, { [name]: make("canvas", { tabIndex: 0 }), [`${name}Near`]: make("canvas", { className: "near" }), [`${name}Told`]: make("p", { className: "told" }) });
  el.paper = make("canvas", { className: "paper", tabIndex: 0 });
  el.clear = make("button", { textContent: "Clear" });
  el.bars = make("canvas", { className: "bars", tabIndex: 0 });
  el.slide = make("input", { type: "range" });
  el.typed = make("input", { type: "text", className: "typed", inputMode: "decimal" });
  el.undo = make("button", { textContent: "Undo", title: "The code before your last change" });
  el.own = make("button", { textContent: "Its own code", title: "The code that the encoder gives for this picture" });
  for (const name of ["unit", "tile", "reach"]) el[name] = make("p", { className: name === "tile" ? "at-hand" : name });
  el.problem = make("p", { className: "problem", hidden: true });
  for (const name of ["codeLegend", "errorLegend"]) el[name] = make("span", { className: "legend" });
  el.said = make("div", { className: "said" });
  el.said.setAttribute("aria-live", "polite");
  for (const name of ["paper", "bars", "input"]) el[name].setAttribute("role", "application");
  for (const name of ["output", "error", "inputNear", "outputNear", "errorNear"]) el[name].setAttribute("role", "img");
  const inside = {
    pad: [el.paper, el.clear], input: [el.input, el.inputNear, el.inputTold], output: [el.output, el.outputNear, el.outputTold],
    code: [el.bars, el.reach, el.codeLegend, el.unit, make("div", { className: "set" }, el.slide, el.typed), el.problem, make("div", { className: "set" }, el.undo, el.own)],
    error: [el.error, el.errorNear, el.errorLegend, el.errorTold],
  };
  el.figures = Object.fromEntries(names.map((name) => {
    const caption = make("figcaption", {}, make("b"), make("span"));
    return [name, make("figure", { className: name }, caption, ...inside[name])];
  }));
  el.row = make("div", { className: "squeeze" }, ...Object.values(el.figures));
  root.append(make("div", { className: "torch" }, el.row, el.tile, el.said));
  const state = { el, root: root instanceof ShadowRoot ? root : root.getRootNode(), say: announcer(el.said), unit: 0, over: -1, tile: 0, moves: {}, history: [], strokes: [], at: null, turn: 0 };
  state.point = everyFrame(() => draw(state));
  state.send = (event, sent) => ask(state, event, sent);
  listenPaper(state);
  listenCode(state);
  listenPhotos(state);
  listenPictures(state);
  const torch = root.querySelector(".torch");
  new ResizeObserver(() => state.shown && state.width !== torch.clientWidth && ((state.width = torch.clientWidth), state.point())).observe(torch);
  return state;
}

// One question at a time is on its way; of those that come meanwhile the latest waits for the answer.
function ask(state, event, sent) {
  const wait = Date.now() - (state.asked ?? 0) < 2000; // an answer that is lost holds nobody up
  if (state.asked && wait) return (state.next = [event, sent]);
  state.asked = Date.now();
  state.trigger(event, { ...sent, turn: ++state.turn });
}

function heard(state) {
  state.asked = 0;
  if (!state.next) return;
  const [event, sent] = state.next;
  state.next = null;
  ask(state, event, sent);
}

// ---- drawing ----------------------------------------------------------------------------------

function draw(state) {
  const { el, shown } = state;
  if (!shown || (shown.photo && !state.photo)) return;
  state.style = getComputedStyle(el.row);
  el.figures.pad.hidden = !shown.pad;
  const narrow = el.row.clientWidth < 640, width = Math.min(el.figures.input.clientWidth, shown.codes ? 420 : TALLEST);
  const height = shown.codes ? Math.max((width * shown.rows) / shown.columns, narrow ? 120 : 210) : width;
  if (shown.pad) paintPaper(state), streaming(state);
  if (shown.codes) paintPhotos(state, width);
  else paintCells(state, width);
  paintCode(state, Math.min(el.figures.code.clientWidth, shown.codes ? 420 : TALLEST), height);
  const { signed, most } = shown;
  legend(el.errorLegend, { scale: signed ? "signed" : "magnitude", low: signed ? -most : 0, high: most }, shown.errorWords);
  for (const name of PICTURES) el[`${name}Near`].hidden = !shown.codes;
  el.tile.hidden = !shown.codes;
}

// While a stroke is being drawn the network already looks.
function streaming(state) {
  if (state.stroke?.length > 1 && state.stroke.length !== state.streamed) {
    state.streamed = state.stroke.length;
    ask(state, "live", { strokes: [...state.strokes, state.stroke] });
  }
}

function paintCells(state, width) {
  const { el, shown } = state, { rows, columns } = shown, side = width / columns;
  const scales = { input: { scale: "grey", low: 0, high: 1 }, output: { scale: "grey", low: 0, high: 1 }, error: { scale: "signed", low: -shown.most, high: shown.most } };
  for (const name of PICTURES) {
    const pen = sized(el[name], width, rows * side);
    pen.drawImage(paint(shown[name], 0, columns, rows, scales[name]), 0, 0, width, rows * side);
    if (state.at) outline(pen, state.at[1] * side, state.at[0] * side, side, side);
    const value = state.at ? shown[name][state.at[0] * columns + state.at[1]] : null;
    el[`${name}Told`].textContent = value === null ? shown.below[name] : `row ${state.at[0]}, column ${state.at[1]}: ${number(value)}`;
  }
}

function listenPictures(state) {
  for (const name of PICTURES) {
    const canvas = state.el[name], photo = () => state.shown.codes && state.photoEvents[name];
    const cell = (event) => {
      const [x, y] = pointer(canvas, event), { rows, columns } = state.shown;
      return [within(Math.floor((y / canvas.clientHeight) * rows), rows), within(Math.floor((x / canvas.clientWidth) * columns), columns)];
    };
    const look = (at) => ((state.at = at), state.point());
    canvas.onpointermove = (event) => (photo() ? photo().move(event) : look(cell(event)));
    canvas.onpointerleave = (event) => (photo() ? photo().leave(event) : look(null));
    canvas.onclick = (event) => (photo() ? photo().click(event) : look(cell(event)));
    canvas.onkeydown = (event) => {
      if (photo()) return photo().key(event);
      const move = ARROWS[event.key], { rows, columns } = state.shown, at = state.at ?? [Math.floor(rows / 2), Math.floor(columns / 2)];
      if (!move) return;
      event.preventDefault();
      look([within(at[0] + move[0], rows), within(at[1] + move[1], columns)]);
      const [i, j] = state.at, place = i * columns + j;
      state.say(`row ${i}, column ${j}: in ${number(state.shown.input[place])}, out ${number(state.shown.output[place])}, error ${number(state.shown.error[place])}`);
    };
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupAutoencoder), shown = unpack(data), before = state.shown;
  state.trigger = setTriggerValue;
  state.turn = Math.max(state.turn, shown.turn);
  if (shown.patch) { // while a tile is dragged the rest stays as it was
    if (before?.key === shown.key && state.rebuilt) takePatch(state, shown), (before.tileErrors[before.tile.index] = shown.tileError);
    state.point();
    return heard(state);
  }
  const busy = state.grip || state.sliding || state.keying;
  if (before?.key !== shown.key) Object.assign(state, { history: [], unit: Math.min(shown.unit, shown.count - 1), over: -1, at: null, moves: shown.moves });
  if (!busy && !state.next) state.moves = shown.moves;
  if (!state.stroke) state.strokes = shown.strokes;
  if (shown.tile) state.tile = shown.tile.index;
  if (shown.input) shown.error = shown.output.map((value, i) => value - shown.input[i]);
  state.shown = shown;
  const { el } = state;
  el.row.style.setProperty("--panels", shown.pad ? 5 : 4);
  for (const [name, figure] of Object.entries(el.figures)) {
    const [title, note] = shown.titles[name] ?? ["", ""];
    figure.querySelector("b").textContent = title;
    figure.querySelector("figcaption span").textContent = note;
  }
  for (const name of PICTURES) {
    el[name].setAttribute("aria-label", shown.alts[name]);
    if (shown.codes) el[`${name}Near`].setAttribute("aria-label", `${shown.titles[name][0]}: the chosen tile, enlarged`), (el[`${name}Told`].textContent = shown.below[name]);
  }
  const done = () => {
    draw(state);
    el.row.dataset.shows = shown.shows;
  };
  if (shown.codes) takePhoto(state, shown, done);
  else done();
  heard(state);
}
