// One layer: the photo with what the pointed unit sees, all maps with their true values, the chosen map large, and its weights.
function setupLayer(root) {
  const el = {
    photo: make("canvas", { className: "photo" }),
    gallery: make("canvas", { className: "gallery", tabIndex: 0 }),
    large: make("canvas", { className: "large", tabIndex: 0 }),
    weights: make("canvas", { className: "weights" }),
    seen: make("p"),
    value: make("p", { className: "value" }),
    chosen: make("h2"),
    here: make("p", { className: "here" }),
    filter: make("h2"),
    legend: make("span", { className: "legend" }),
    filterLegend: make("span", { className: "legend" }),
    filterNote: make("p"),
    save: make("button", { textContent: "Save picture", title: "Download all maps of this page as PNG" }),
    open: make("button", { textContent: "Take this number apart", className: "open", title: "See the window, every product and the sum behind it" }),
    said: make("div", { className: "said" }),
    maps: make("h2"),
  };
  el.said.setAttribute("aria-live", "polite");
  for (const canvas of [el.gallery, el.large]) canvas.setAttribute("role", "application");
  for (const canvas of [el.photo, el.weights]) canvas.setAttribute("role", "img");
  const foot = make("div", { className: "row" }, el.legend, el.save);
  el.column = make("div", { className: "middle" }, make("div", { className: "row head" }, el.maps, el.value), el.gallery, foot);
  root.append(
    make("div", { className: "torch" },
      make("div", { className: "layer" },
        make("div", { className: "left" }, make("h2", { textContent: "What this cell sees" }), el.photo, el.seen),
        el.column,
        make("div", { className: "right" }, el.chosen, el.large, el.here, el.open, el.filter, el.weights, el.filterLegend, el.filterNote)),
      el.said),
  );
  const state = { el, say: announcer(el.said) };
  state.point = everyFrame(() => drawPointed(state));
  listen(state, root);
  return state;
}

function listen(state, root) {
  const { el } = state;
  el.gallery.onpointermove = (event) => lookAt(state, inGallery(state, pointer(el.gallery, event)));
  el.large.onpointermove = (event) => state.held || lookAt(state, inLarge(state, pointer(el.large, event)));
  el.large.onpointerleave = () => (state.held = false); // on the way to the button the chosen cell stays
  el.gallery.onclick = (event) => choose(state, inGallery(state, pointer(el.gallery, event)));
  el.large.onclick = (event) => ((state.held = true), lookAt(state, inLarge(state, pointer(el.large, event))));
  el.weights.onpointermove = (event) => tellWeight(state, pointer(el.weights, event));
  el.weights.onpointerleave = () => tellFilter(state);
  el.large.onkeydown = (event) => (event.key === "Enter" ? (event.preventDefault(), el.open.onclick()) : walk(state, event, (at, [down, right]) => ({ ...at, row: at.row + down, column: at.column + right })));
  el.gallery.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") return event.preventDefault(), choose(state, state.at);
    walk(state, event, (at, [down, right]) => ({ ...at, map: at.map + right + down * state.place.across }));
  };
  el.open.onclick = () => state.send("open", { map: state.layer.shown[state.at.map], row: state.at.row, column: state.at.column });
  el.large.ondblclick = () => el.open.onclick();
  el.save.onclick = () => savePicture(el.gallery, state.layer.step);
  new ResizeObserver(() => state.width !== root.querySelector(".torch").clientWidth && state.layer && redraw(state)).observe(root.querySelector(".torch"));
}

// ---- layout -----------------------------------------------------------------------------------

function redraw(state) {
  const { el, layer } = state;
  state.width = el.column.parentElement.parentElement.clientWidth;
  const room = el.column.clientWidth, single = layer.rows * layer.columns === 1;
  const place = (state.place = tiles(layer.shown.length, room, 340, single ? 9 : 20, single ? 26 : 150));
  state.size = [Math.min(room, place.across * place.pitch), place.height];
  state.pictures = layer.shown.map((_, i) => paint(layer.maps, i * layer.rows * layer.columns, layer.columns, layer.rows, rangeOf(layer.range, layer, i, layer.network)));
  state.big = Math.min(260, el.large.parentElement.clientWidth);
  drawWeights(state);
  drawPointed(state);
}

// ---- drawing ----------------------------------------------------------------------------------

function drawPointed(state) {
  const { el, layer, place, at } = state;
  const pen = sized(el.gallery, ...state.size);
  state.pictures.forEach((picture, i) => pen.drawImage(picture, ...corner(place, i), place.size, place.size));
  const [x, y] = corner(place, layer.shown.indexOf(layer.map));
  if (layer.shown.includes(layer.map)) outline(pen, x + 1, y + 1, place.size - 2, place.size - 2);
  if (at.map >= 0) {
    const [left, top] = corner(place, at.map), cell = place.size / layer.columns;
    if (cell >= 1 && layer.columns > 1) outline(pen, left + at.column * cell, top + (at.row * place.size) / layer.rows, cell, cell);
  }
  drawLarge(state);
  drawPhoto(state);
  tell(state);
}

function drawLarge({ el, layer, pictures, at, big }) {
  const chosen = layer.shown.indexOf(layer.map), pen = sized(el.large, big, big);
  if (chosen < 0) return;
  pen.drawImage(pictures[chosen], 0, 0, big, big);
  outline(pen, (at.column * big) / layer.columns, (at.row * big) / layer.rows, big / layer.columns, big / layer.rows);
}

function drawPhoto({ el, layer, at, picture }) {
  const { width, height } = layer.photo, scale = Math.min(el.photo.parentElement.clientWidth / width, 300 / height);
  const pen = sized(el.photo, width * scale, height * scale);
  pen.imageSmoothingEnabled = true;
  if (picture) pen.drawImage(picture, 0, 0, width * scale, height * scale);
  const [left, top, right, bottom] = layer.box.map((edge) => edge * scale);
  outline(pen, left + 1, top + 1, right - left - 2, bottom - top - 2, true);
  const [l, t, r, b] = seenBy(layer, at).map((edge) => edge * scale);
  pen.save();
  pen.fillStyle = "rgba(0, 0, 0, 0.45)";
  pen.beginPath();
  pen.rect(0, 0, width * scale, height * scale);
  pen.rect(l, t, r - l, b - t);
  pen.fill("evenodd");
  pen.restore();
  outline(pen, l, t, Math.max(r - l, 2), Math.max(b - t, 2));
}

// The receptive field of a unit in pixels of the photo, as core/receptive.py has it.
function seenBy({ field, side, box }, { row, column }) {
  const edge = (at, from, to) => from + ((to - from) * Math.min(Math.max(at, 0), side)) / side;
  const [x, y] = [field.start + column * field.stride, field.start + row * field.stride];
  return [edge(x, box[0], box[2]), edge(y, box[1], box[3]), edge(x + field.size, box[0], box[2]), edge(y + field.size, box[1], box[3])];
}

// How many of the photo's own pixels that is; what lies beyond its edge is padding.
function seenOnPhoto(layer, at) {
  const { width, height } = layer.photo, [l, t, r, b] = seenBy(layer, at);
  const inside = (from, to, most) => Math.max(Math.min(to, most) - Math.max(from, 0), 0);
  return [inside(l, r, width), inside(t, b, height)].map((length) => Math.round(length * layer.scale));
}

function drawWeights(state) {
  const { el, layer } = state, { filter } = layer;
  el.filter.textContent = filter ? filter.title : "";
  el.weights.hidden = el.filterLegend.hidden = !filter;
  if (!filter) return (el.filterNote.textContent = layer.plain);
  const width = el.weights.parentElement.clientWidth, { channels, size } = filter;
  const place = (state.filterPlace = tiles(channels, width, 130, size > 1 ? 9 : 3, size > 1 ? 72 : 14));
  const pen = sized(el.weights, width, Math.min(place.height, 400));
  state.filterDomain = domain("signed", -filter.most, filter.most);
  for (let i = 0; i < channels; i++)
    pen.drawImage(paint(layer.weights, i * size * size, size, size, state.filterDomain), ...corner(place, i), place.size, place.size);
  legend(el.filterLegend, state.filterDomain, "weights");
  tellFilter(state);
}

// ---- pointing ---------------------------------------------------------------------------------

function inGallery({ layer, place, at }, [x, y]) {
  const map = Math.floor(y / place.pitch) * place.across + Math.min(Math.floor(x / place.pitch), place.across - 1);
  if (map < 0 || map >= layer.shown.length) return at;
  const [left, top] = corner(place, map);
  return { map, row: within(Math.floor(((y - top) / place.size) * layer.rows), layer.rows), column: within(Math.floor(((x - left) / place.size) * layer.columns), layer.columns) };
}

function inLarge({ layer, big }, [x, y]) {
  const map = layer.shown.indexOf(layer.map);
  return { map, row: within(Math.floor((y / big) * layer.rows), layer.rows), column: within(Math.floor((x / big) * layer.columns), layer.columns) };
}

function lookAt(state, at) {
  state.at = at;
  state.point();
  state.say(sentence(state));
}

function choose(state, at) {
  lookAt(state, at);
  const map = state.layer.shown[at.map];
  if (map === state.layer.map) return;
  state.layer.map = map; // shown at once; its weights follow from the server
  state.point();
  state.send("choose", { map });
}

function walk(state, event, step) {
  const move = ARROWS[event.key];
  if (!move) return;
  event.preventDefault();
  const { layer } = state, next = step(state.at, move);
  lookAt(state, { map: within(next.map, layer.shown.length), row: within(next.row, layer.rows), column: within(next.column, layer.columns) });
}

const nameOf = ({ unit, labels }, i) => `${unit} ${i}${labels ? ` (${labels[i]})` : ""}`;

function sentence({ layer, at }) {
  const value = layer.maps[(at.map * layer.rows + at.row) * layer.columns + at.column];
  const where = layer.rows * layer.columns === 1 ? "" : `, row ${at.row}, column ${at.column}`;
  return `${nameOf(layer, layer.shown[at.map])}${where}: ${number(value)}`;
}

function tell(state) {
  const { el, layer, at } = state, i = layer.shown.indexOf(layer.map);
  el.value.textContent = sentence(state);
  el.here.textContent = at.map === i ? el.value.textContent : "";
  el.value.dataset.value = layer.maps[(at.map * layer.rows + at.row) * layer.columns + at.column];
  el.chosen.textContent = `${nameOf(layer, layer.map)}${i < 0 || layer.rows * layer.columns === 1 ? "" : `: ${number(layer.ranges[2 * i])} … ${number(layer.ranges[2 * i + 1])}`}`;
  const [width, height] = seenOnPhoto(layer, at);
  const most = `of the photo's ${layer.photo.pixels} pixels`;
  el.seen.textContent = width && height ? `${width} × ${height} ${most}` : "only padding, nothing of the photo";
  const words = { unit: `${layer.unit} ${layer.shown[at.map]} alone`, layer: "this layer", network: "the whole network" }[modeFor(layer.range, layer)];
  legend(el.legend, rangeOf(layer.range, layer, at.map, layer.network), layer.kind === "Input" ? "the input, in grey" : words);
}

function tellFilter({ el, layer }) {
  el.filterNote.textContent = layer.filter?.note ?? layer.plain;
}

function tellWeight(state, [x, y]) {
  const { layer, filterPlace: place } = state, { filter } = layer;
  if (!filter) return;
  const channel = Math.floor(y / place.pitch) * place.across + Math.floor(x / place.pitch);
  if (channel >= filter.channels) return tellFilter(state);
  const [left, top] = corner(place, channel);
  const row = within(Math.floor(((y - top) / place.size) * filter.size), filter.size), column = within(Math.floor(((x - left) / place.size) * filter.size), filter.size);
  const weight = layer.weights[(channel * filter.size + row) * filter.size + column];
  const where = filter.size > 1 ? `, row ${row}, column ${column}` : "";
  state.el.filterNote.textContent = `for ${filter.source} ${filter.first + channel}${where}: ${number(weight)}`;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupLayer), before = state.layer, layer = (state.layer = unpack(data));
  state.send = setTriggerValue;
  // another layer or page of maps, or a map chosen elsewhere: start at the link's cell, or in the middle of the map
  const fresh = before?.key !== layer.key || before.map !== layer.map;
  const map = Math.max(layer.shown.indexOf(layer.map), 0);
  if (fresh) state.at = { map, row: layer.cell[0], column: layer.cell[1] };
  state.el.maps.textContent = layer.title;
  state.el.gallery.setAttribute("aria-label", `${layer.title}. Arrow keys go from map to map, Enter chooses one.`);
  state.el.large.setAttribute("aria-label", "The chosen map, enlarged. Arrow keys go from cell to cell, Enter takes the number apart.");
  state.el.photo.setAttribute("aria-label", "The photo; the bright part is what the pointed cell sees.");
  state.el.weights.setAttribute("aria-label", layer.filter ? layer.filter.alt : "");
  redraw(state);
  if (fresh && window.torchlightKeys) state.el.gallery.focus();
  if (fresh) window.torchlightKeys = false;
  if (state.photoKey === layer.photoKey) return void (state.el.gallery.dataset.shows = layer.shows);
  state.photoKey = layer.photoKey;
  pictureOf(layer.jpeg).then((picture) => {
    state.picture = picture;
    drawPhoto(state);
    state.el.gallery.dataset.shows = layer.shows;
  });
}
