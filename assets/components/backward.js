// The way back: the maps of a layer with the slope along each number; a click takes a slope apart.
function setupBackward(root) {
  const canvas = (className, role = "application") => make("canvas", { className, ...(role === "application" && { tabIndex: 0 }) });
  const el = {
    way: canvas("way"), gallery: canvas("gallery"), large: canvas("large"), slope: canvas("large slope"),
    along: make("p", { className: "along" }), axis: make("p", { className: "along axis" }), heading: make("h2"), value: make("p", { className: "value" }),
    values: make("span", { className: "legend" }), slopes: make("span", { className: "legend" }), save: make("button", { textContent: "Save picture", title: "Download the maps with their gradients as PNG" }),
    title: make("h2"), told: make("p", { className: "told" }), terms: make("ul", { className: "terms", tabIndex: 0, ariaLabel: "The terms of the sum, largest first" }), total: make("p", { className: "total" }), check: make("p", { className: "check" }),
    said: make("div", { className: "said" }),
  };
  el.said.setAttribute("aria-live", "polite");
  for (const one of [el.way, el.gallery, el.large, el.slope]) one.setAttribute("role", "application");
  el.strip = make("div", { className: "strip" }, make("div", { className: "row" }, make("h2", { textContent: "The way back, layer by layer" }), el.along), el.way, el.axis);
  el.maps = make("div", { className: "maps" }, el.heading, el.gallery);
  el.pair = make("div", { className: "pair" }, make("figure", {}, make("figcaption", { textContent: "the map" }), el.large), make("figure", {}, make("figcaption", { textContent: "its gradient" }), el.slope));
  const middle = make("div", { className: "middle" }, el.value, el.pair, el.values, el.slopes, el.save);
  el.sum = make("section", { className: "apart" }, el.title, el.told, el.total, el.check, el.terms);
  root.append(make("div", { className: "torch" }, el.strip, make("div", { className: "backward" }, el.maps, middle, el.sum), el.said));
  const state = { el, say: announcer(el.said), pointed: null };
  state.point = everyFrame(() => drawAll(state));
  listen(state, root.querySelector(".torch"));
  return state;
}

function listen(state, torch) {
  const { el } = state;
  el.gallery.onpointermove = (event) => lookAt(state, inPairs(state, pointer(el.gallery, event)));
  el.gallery.onclick = (event) => open(state, inPairs(state, pointer(el.gallery, event)));
  el.gallery.onkeydown = (event) => keyed(state, event, (at, [down, right]) => ({ ...at, map: at.map + right + down * state.place.across }));
  for (const large of [el.large, el.slope]) {
    large.onpointermove = (event) => lookAt(state, inBig(state, pointer(large, event)));
    large.onclick = (event) => open(state, inBig(state, pointer(large, event)));
    large.onkeydown = (event) => keyed(state, event, (at, [down, right]) => ({ map: state.chosen, row: at.row + down, column: at.column + right }));
  }
  for (const drawing of [el.gallery, el.large, el.slope]) drawing.onpointerleave = () => lookAt(state, state.open);
  el.way.onpointermove = (event) => ((state.pointed = stepAt(state, pointer(el.way, event))), paintWay(state));
  el.way.onpointerleave = el.way.onblur = () => ((state.pointed = null), paintWay(state));
  el.way.onclick = (event) => state.send("walk", { step: state.layer.way[stepAt(state, pointer(el.way, event))].step });
  el.way.onkeydown = (event) => walkWay(state, event);
  el.save.onclick = () => savePicture(el.gallery, `${state.layer.step}-backward`);
  new ResizeObserver(() => state.layer && state.width !== torch.clientWidth && ((state.width = torch.clientWidth), layOut(state), drawAll(state))).observe(torch);
}

// ---- drawing ----------------------------------------------------------------------------------

function drawAll(state) {
  paintGallery(state);
  paintLarge(state);
  paintWay(state);
  tell(state);
}

function nameAt({ layer, alone }, { map, row, column }) {
  const id = layer.shown[map], label = layer.labels ? ` (${layer.labels[id]})` : "";
  return alone ? `unit ${id}${label}` : `map ${id}, row ${row}, column ${column}`;
}

function tell(state) {
  const { el, layer, at, open, alone } = state, cell = cellOf(layer, at), hidden = layer.asked && sameCell(at, open);
  const slope = hidden ? "?" : number(layer.slopes[cell]);
  el.value.replaceChildren(`${nameAt(state, at)}: value ${number(layer.maps[cell])}, slope `, make("b", { textContent: slope }));
  [el.value.dataset.value, el.value.dataset.slope] = [layer.maps[cell], hidden ? "" : layer.slopes[cell]];
  const each = layer.range === "map" && !alone ? `map ${layer.shown[at.map]} alone` : "this layer";
  legend(el.values, valueDomain(layer, at.map), layer.kind === "Input" ? "values, in grey" : `values, ${each}`);
  legend(el.slopes, slopeDomain(layer, at.map), `slopes, ${each}`);
}

// ---- what a visitor does ----------------------------------------------------------------------

function lookAt(state, at) {
  state.at = at;
  state.point();
  state.say(`${nameAt(state, at)}: value ${number(state.layer.maps[cellOf(state.layer, at)])}${state.layer.asked && sameCell(at, state.open) ? "" : `, slope ${number(state.layer.slopes[cellOf(state.layer, at)])}`}`);
}

// It is marked at once; its sum follows from the server.
function open(state, at) {
  const { layer } = state;
  if (sameCell(at, state.open)) return;
  [state.open, state.chosen] = [at, at.map];
  lookAt(state, at);
  state.el.sum.setAttribute("aria-busy", "true");
  state.send("open", { map: layer.shown[at.map], row: at.row, column: at.column });
}

function keyed(state, event, step) {
  if (event.key === "Enter" || event.key === " ") return event.preventDefault(), open(state, state.at);
  const move = ARROWS[event.key], { layer } = state;
  if (!move) return;
  event.preventDefault();
  const next = step(state.at, move);
  lookAt(state, { map: within(next.map, layer.shown.length), row: within(next.row, layer.rows), column: within(next.column, layer.columns) });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupBackward), before = state.layer, layer = (state.layer = unpack(data)), { el } = state;
  const opened = { map: layer.shown.indexOf(layer.map), row: layer.cell[0], column: layer.cell[1] };
  state.send = setTriggerValue;
  state.alone = layer.rows * layer.columns === 1;
  state.products = Array.from({ length: layer.open.places.length }, (_, i) => layer.terms[3 * i + 2]);
  if (before?.key !== layer.key || !sameCell(opened, state.open)) state.at = opened;
  [state.open, state.chosen, state.pointed] = [opened, opened.map, null];
  const many = layer.shown.length < layer.count ? `the ${layer.shown.length} of ${layer.count.toLocaleString("en")} ${layer.unit}s that count most (mean |value × slope|)` : layer.count > 1 ? `all ${layer.count.toLocaleString("en")} ${layer.unit}s` : `its only ${layer.unit}`;
  el.heading.textContent = `${layer.name}, ${layer.kindName}: ${many}, each above its gradient, the slopes of ${layer.of}`;
  el.gallery.setAttribute("aria-label", `${el.heading.textContent}. Arrow keys go from ${layer.unit} to ${layer.unit}, Enter takes the slope apart.`);
  el.large.setAttribute("aria-label", "The chosen map. Arrow keys go from cell to cell, Enter takes the slope apart.");
  el.slope.setAttribute("aria-label", "Its gradient. Arrow keys go from cell to cell, Enter takes the slope apart.");
  el.way.setAttribute("aria-label", "How large the slopes are at every step. Arrow keys go from step to step, Enter goes there.");
  el.sum.removeAttribute("aria-busy");
  layOut(state);
  showSum(state);
  drawAll(state);
  el.gallery.dataset.shows = layer.shows;
}
