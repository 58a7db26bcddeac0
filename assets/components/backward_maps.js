// The maps of a layer, each with its gradient beneath, and one of them large beside its gradient.
const GAP = 3;

// Pairs of squares, one above the other: as large as lets `count` of them share width x height; at least `least` pixels.
function pairs(count, width, height, least, most) {
  const fitting = (size) => {
    const gap = size > 12 ? 2 * GAP : GAP, across = Math.max(1, Math.floor((width + gap) / (size + gap)));
    const down = 2 * size + (size > 12 ? 2 : 1) + gap;
    return { size, across, pitch: size + gap, down, below: size + (size > 12 ? 2 : 1), height: Math.ceil(count / across) * down };
  };
  for (let size = most; size > least; size -= size > 40 ? 4 : 1) if (fitting(size).height <= height) return fitting(size);
  return fitting(least);
}

const placeOf = ({ across, pitch, down }, i) => [(i % across) * pitch, Math.floor(i / across) * down];
const cellOf = ({ rows, columns }, { map, row, column }) => (map * rows + row) * columns + column;
const sameCell = (one, other) => one && other && one.map === other.map && one.row === other.row && one.column === other.column;

// The colours of one map, and those of its gradient: its own, or the layer's.
function valueDomain(layer, i) {
  return rangeOf(layer.range === "map" ? "unit" : "layer", layer, i, [layer.low, layer.high]);
}
function slopeDomain(layer, i) {
  const most = layer.range === "map" && layer.rows * layer.columns > 1 ? layer.mosts[i] : layer.most;
  return domain("signed", -most, most);
}

function layOut(state) {
  const { el, layer } = state, single = layer.rows * layer.columns === 1, count = layer.shown.length;
  state.place = pairs(count, el.maps.clientWidth, 360, single ? 7 : 18, single ? 24 : 150);
  state.size = [Math.min(el.maps.clientWidth, state.place.across * state.place.pitch), state.place.height];
  state.big = single ? 0 : Math.min(230, Math.floor((el.pair.clientWidth - 10) / 2));
  const cells = layer.rows * layer.columns;
  state.pictures = layer.shown.map((_, i) => paint(layer.maps, i * cells, layer.columns, layer.rows, valueDomain(layer, i)));
  state.gradients = layer.shown.map((_, i) => paint(layer.slopes, i * cells, layer.columns, layer.rows, slopeDomain(layer, i)));
  el.pair.hidden = single;
}

function paintGallery({ el, layer, place, size, pictures, gradients, at, open, alone }) {
  const pen = sized(el.gallery, ...size), s = place.size;
  pictures.forEach((picture, i) => {
    const [x, y] = placeOf(place, i);
    pen.drawImage(picture, x, y, s, s);
    pen.drawImage(gradients[i], x, y + place.below, s, s);
    if (layer.asked && i === open.map && alone) veil(pen, x, y + place.below, s, s);
  });
  for (const [cell, dashed] of [[open, false], [at, true]]) {
    if (cell.map < 0 || (dashed && sameCell(at, open))) continue;
    const [x, y] = placeOf(place, cell.map), [w, h] = [s / layer.columns, s / layer.rows];
    if (alone || !dashed) outline(pen, x + 1, y + 1, s - 2, place.below + s - 2, dashed);
    if (!alone && w >= 2) for (const top of [y, y + place.below]) outline(pen, x + cell.column * w, top + cell.row * h, w, h, dashed);
  }
}

// What is still to be guessed.
function veil(pen, x, y, w, h) {
  pen.fillStyle = "#777";
  pen.fillRect(x, y, w, h);
  [pen.fillStyle, pen.textAlign, pen.textBaseline, pen.font] = ["#fff", "center", "middle", `600 ${Math.min(16, h)}px sans-serif`];
  pen.fillText("?", x + w / 2, y + h / 2);
}

function paintLarge({ el, layer, pictures, gradients, at, open, chosen, big, alone }) {
  if (alone) return;
  const [w, h] = [big / layer.columns, big / layer.rows];
  for (const [canvas, picture] of [[el.large, pictures[chosen]], [el.slope, gradients[chosen]]]) {
    const pen = sized(canvas, big, big);
    pen.drawImage(picture, 0, 0, big, big);
    const hidden = layer.asked && canvas === el.slope && open.map === chosen;
    if (hidden) veil(pen, open.column * w, open.row * h, w, h);
    for (const [cell, dashed] of [[open, false], [at, true]])
      if (cell.map === chosen && !(dashed && sameCell(at, open))) outline(pen, cell.column * w, cell.row * h, w, h, dashed);
  }
}

// ---- what is under the pointer -------------------------------------------------------------------

function inPairs({ layer, place, at }, [x, y]) {
  const map = Math.floor(y / place.down) * place.across + Math.min(Math.floor(x / place.pitch), place.across - 1);
  if (map < 0 || map >= layer.shown.length) return at;
  const [left, top] = placeOf(place, map), down = y - top >= place.below ? y - top - place.below : y - top;
  return { map, row: within(Math.floor((down / place.size) * layer.rows), layer.rows), column: within(Math.floor(((x - left) / place.size) * layer.columns), layer.columns) };
}

function inBig({ layer, big, chosen }, [x, y]) {
  return { map: chosen, row: within(Math.floor((y / big) * layer.rows), layer.rows), column: within(Math.floor((x / big) * layer.columns), layer.columns) };
}
