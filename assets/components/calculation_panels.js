// The pictures of a calculation: input, window or curve, output, and the small ones to choose from.

// What is painted once for each scene and each chosen channel; pointing only draws frames above it.
function paintScene(state) {
  const { scene, el } = state;
  el.curve.hidden = scene.rule !== "curve";
  el.kernel.hidden = scene.rule === "curve" || (!scene.weights && scene.rule !== "softmax");
  el.siblings.hidden = !scene.siblings;
  el.outputBox.hidden = Boolean(scene.siblings);
  state.single = scene.input.rows * scene.input.columns === 1;
  const rows = scene.rule === "softmax" && scene.input.channels <= 16; // bars beside those of the probabilities
  state.inputPlace = !state.single ? null : rows ? { rows, across: 1, pitch: 26, height: scene.input.channels * 26 } : tiles(scene.input.channels, el.inputBox.clientWidth, 260, 5, 30);
  paintInput(state);
  paintOutput(state);
  paintStrip(state);
  if (!el.kernel.hidden) paintKernel(state);
  if (scene.filters) paintFilters(state);
  if (scene.overview) paintOverview(state);
}

const inputDomain = ({ input }) => domain(input.scale, input.low, input.high);

// The chosen input map with its padding; vectors as a block of small squares.
function paintInput(state) {
  const { scene, el, channel } = state, { input } = scene, shades = inputDomain(scene);
  const room = el.inputBox.clientWidth;
  if (state.single) {
    const place = state.inputPlace, height = place.height, pen = sized(el.input, room, height);
    if (place.rows) drawBars(state, pen, room, scene.values, shades, input);
    else for (let i = 0; i < input.channels; i++) fill(pen, colourOf(shades, scene.values[i]).css, ...corner(place, i), place.size, place.size);
    state.inputSize = [room, height];
  } else {
    const [top, left, rows, columns] = input.view, cell = Math.min(room / columns, 300 / rows);
    state.inputSize = [columns * cell, rows * cell];
    const pen = sized(el.input, ...state.inputSize);
    hatch(pen, ...state.inputSize);
    const picture = paint(scene.values, channel * input.rows * input.columns, input.columns, input.rows, shades);
    pen.drawImage(picture, (input.left - left) * cell, (input.top - top) * cell, input.columns * cell, input.rows * cell);
    if (cell >= 22) numbers(pen, cell, rows, columns, (y, x) => inputAt(scene, channel, y + top, x + left), shades);
    if (scene.rule === "max" && cell >= 5 && !scene.ask) dots(pen, state, cell);
  }
  sized(el.inputOver, ...state.inputSize);
  el.inputBox.style.height = `${state.inputSize[1]}px`;
  legend(el.inputLegend, shades, input.words);
}

const inputAt = ({ input, values }, channel, y, x) => {
  const place = placeIn(input, channel, y, x);
  return place < 0 ? null : values[place];
};

// A small dot on the winner of every window: nothing else gets through.
function dots(pen, { scene }, cell) {
  const { output, input } = scene, [top, left] = input.view;
  for (let row = output.top; row < output.top + output.rows; row++)
    for (let column = output.left; column < output.left + output.columns; column++) {
      const terms = termsOf(scene, [row, column]), x = (terms.x[terms.winner] - left + 0.5) * cell, y = (terms.y[terms.winner] - top + 0.5) * cell;
      pen.beginPath();
      const far = cell >= 22 ? cell * 0.36 : 0; // beside the number
      pen.arc(x + far, y - far, Math.max(cell * 0.12, 1.5), 0, 7);
      [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = ["#ffd400", "#000", 1];
      pen.fill();
      pen.stroke();
    }
}

function fill(pen, colour, ...box) {
  pen.fillStyle = colour;
  pen.fillRect(...box);
}

// Padding: slanted lines, whatever the theme.
function hatch(pen, width, height) {
  fill(pen, "rgba(128, 128, 128, 0.15)", 0, 0, width, height);
  pen.beginPath();
  for (let x = -height; x < width; x += 7) pen.moveTo(x, height), pen.lineTo(x + height, 0);
  [pen.strokeStyle, pen.lineWidth] = ["rgba(128, 128, 128, 0.6)", 1];
  pen.stroke();
}

// Writes the numbers into large cells; null is padding, which counts as 0.
function numbers(pen, cell, rows, columns, valueAt, shades) {
  const shown = [];
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) shown.push(valueAt(y, x));
  const places = decimals(shown.map((value) => value ?? 0), cell >= 34 ? 3 : 2);
  [pen.textAlign, pen.textBaseline] = ["center", "middle"];
  pen.font = `${Math.min(Math.max(cell * 0.33, 9), 15)}px ${getComputedStyle(pen.canvas).fontFamily}`;
  shown.forEach((value, i) => {
    pen.fillStyle = value === null ? "rgb(128, 128, 128)" : colourOf(shades, value).ink;
    pen.fillText(value === null ? "0" : fixed(value, places), ((i % columns) + 0.5) * cell, (Math.floor(i / columns) + 0.5) * cell, cell - 2);
  });
  pen.textBaseline = "alphabetic";
}

// The window's weights: numbers to type in, or a picture of them.
function paintKernel(state) {
  if (state.scene.rule === "softmax") return paintPowers(state);
  const { scene, el, channel } = state, { window, weights, input } = scene, [high, wide] = window.size;
  const shades = (state.kernelDomain = domain("signed", -largest(weights), largest(weights)));
  el.grid.hidden = !scene.editable;
  el.kernelCanvas.hidden = scene.editable;
  legend(el.kernelLegend, shades, "weights");
  if (scene.editable) return paintGrid(state);
  const room = el.kernelBox.clientWidth, gallery = high * wide === 1;
  const place = (state.kernelPlace = gallery ? tiles(input.channels, room, 260, 5, input.channels > 1 ? 30 : 60) : null);
  const cell = Math.min(room / wide, 220 / high), pen = sized(el.kernelCanvas, room, gallery ? place.height : high * cell);
  if (gallery) {
    for (let i = 0; i < input.channels; i++) fill(pen, colourOf(shades, weights[i]).css, ...corner(place, i), place.size, place.size);
    if (input.channels === 1) numbers(pen, place.size, 1, 1, () => weights[0], shades);
    return;
  }
  pen.drawImage(paint(weights, channel * high * wide, wide, high, shades), 0, 0, wide * cell, high * cell);
  if (cell >= 22) numbers(pen, cell, high, wide, (y, x) => weights[(channel * high + y) * wide + x], shades);
}

function paintGrid({ scene, el, channel, kernelDomain, typed }) {
  const { window, weights } = scene, [high, wide] = window.size, area = high * wide;
  el.grid.style.gridTemplateColumns = `repeat(${wide}, minmax(0, 1fr))`;
  while (el.grid.children.length > area) el.grid.lastChild.remove();
  while (el.grid.children.length < area) el.grid.append(make("input", { type: "text", inputMode: "text", autocomplete: "off", spellcheck: false }));
  [...el.grid.children].forEach((box, i) => {
    const weight = weights[channel * area + i], { css, ink } = colourOf(kernelDomain, weight);
    box.ariaLabel = `Weight in row ${Math.floor(i / wide)}, column ${i % wide}`;
    [box.style.background, box.style.color] = [css, ink];
    if (box.getRootNode().activeElement !== box || !typed) box.value = brief(weight), box.removeAttribute("aria-invalid");
    box.title = String(weight);
  });
}

// As short as says it: 1, -0.5, 0.1111.
const brief = (x) => String(Number(x.toPrecision(4)));

function paintOutput(state) {
  const { scene, el } = state, { output } = scene;
  if (scene.siblings) return paintSiblings(state);
  const room = el.outputBox.clientWidth, cell = Math.min(room / output.columns, 300 / output.rows, 96);
  const shades = (state.outputDomain = rangeOfOutput(state));
  state.outputSize = [output.columns * cell, output.rows * cell];
  const pen = sized(el.output, ...state.outputSize);
  pen.drawImage(paint(state.results, 0, output.columns, output.rows, shades), 0, 0, ...state.outputSize);
  if (cell >= 22) numbers(pen, cell, output.rows, output.columns, (y, x) => state.results[y * output.columns + x], shades);
  sized(el.outputOver, ...state.outputSize);
  el.outputLegend.hidden = false;
  el.outputBox.style.height = `${state.outputSize[1]}px`;
  legend(el.outputLegend, shades, output.words);
}

function rangeOfOutput({ scene, results }) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of results) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low >= 0 && scene.output.scale === "grey") return domain("grey", 0, Math.max(high, 255)); // a picture stays one
  return domain(low < 0 ? "signed" : "magnitude", low, high);
}

// All outputs of a layer that gives a vector: bars with names where they are few, else a block of squares.
function paintSiblings(state) {
  const { scene, el } = state, { siblings } = scene, room = el.outputPart.clientWidth;
  const shades = (state.outputDomain = domain(siblings.scale, siblings.low, siblings.high)), list = scene.siblingValues;
  const bars = siblings.order.length <= 16, height = bars ? siblings.order.length * 26 : 0;
  const place = (state.siblingPlace = bars ? null : tiles(list.length, room, 260, 5, 30));
  const pen = sized(el.siblings, room, bars ? height : place.height), ink = getComputedStyle(el.siblings).color;
  const hidden = scene.ask ? scene.channel : -1; // its number is being guessed
  if (!bars) list.forEach((value, i) => fill(pen, i === hidden ? "#111" : colourOf(shades, value).css, ...corner(place, i), place.size, place.size));
  else siblings.order.forEach((unit, i) => drawBar(pen, siblings, unit === hidden ? NaN : list[unit], unit, i, room, ink, shades));
  const at = bars ? siblings.order.indexOf(scene.channel) : scene.channel;
  if (bars) outline(pen, 1, at * 26 + 1, room - 2, 24);
  else outline(pen, ...corner(place, at).map((edge) => edge + 1), place.size - 2, place.size - 2);
  el.outputLegend.hidden = Boolean(scene.ask); // its ends might give the number away
  legend(el.outputLegend, shades, scene.output.words);
}

// One bar for each class that is listed, in the order of the probabilities.
function drawBars({ scene, el }, pen, room, values, shades, { low, high }) {
  const ink = getComputedStyle(el.siblings).color;
  scene.siblings.order.forEach((unit, i) => drawBar(pen, { names: scene.siblings.names, low, high }, values[unit], unit, i, room, ink, shades));
}

// Between logits and probabilities: exp of each, less the largest.
function paintPowers(state) {
  const { scene, el } = state, room = el.kernelBox.clientWidth, shades = domain("magnitude", 0, 1);
  [el.grid.hidden, el.kernelCanvas.hidden] = [true, false];
  drawBars(state, sized(el.kernelCanvas, room, scene.siblings.order.length * 26), room, termsOf(scene, scene.at).product, shades, { low: 0, high: 1 });
  legend(el.kernelLegend, shades, "exp(z − largest)");
}

function drawBar(pen, { names, low, high, share }, value, unit, i, room, ink, shades) {
  const y = i * 26, head = Math.min(84, room * 0.4), wide = Math.max(room - head - 66, 10);
  const scale = wide / (Math.max(high, 0) - Math.min(low, 0) || 1), zero = head + 6 - Math.min(low, 0) * scale;
  pen.font = `12px ${getComputedStyle(pen.canvas).fontFamily}`;
  if (!Number.isNaN(value)) fill(pen, colourOf(shades, value).css, Math.min(zero, zero + value * scale), y + 5, Math.abs(value * scale), 15);
  [pen.fillStyle, pen.textAlign] = [ink, "left"];
  pen.fillText(fitted(pen, names[unit], head), 4, y + 17);
  pen.textAlign = "right";
  pen.fillText(Number.isNaN(value) ? "?" : share ? percent(value) : number(value), room - 4, y + 17);
}

// The strip of all input channels; a tap shows one of them large.
function paintStrip(state) {
  const { scene, el, channel } = state, { input } = scene;
  el.strip.hidden = input.channels < 2 || state.single;
  if (el.strip.hidden) return;
  const room = el.inputBox.clientWidth, place = (state.stripPlace = tiles(input.channels, room, 96, 8, 40));
  const pen = sized(el.strip, room, place.height), shades = inputDomain(scene);
  for (let i = 0; i < input.channels; i++) pen.drawImage(paint(scene.values, i * input.rows * input.columns, input.columns, input.rows, shades), ...corner(place, i), place.size, place.size);
  outline(pen, ...corner(place, channel).map((edge) => edge + 1), place.size - 2, place.size - 2);
}

// The maps of several filters, small, to choose from.
function paintFilters(state) {
  const { scene, el, filterMaps } = state, { rows, columns } = scene.output;
  const room = el.outputBox.clientWidth, place = (state.filterPlace = tiles(scene.filters, room, 60, 24, 56));
  const pen = sized(el.filters, room, place.height), scale = Math.min(place.size / columns, place.size / rows);
  filterMaps.forEach((map, i) => pen.drawImage(paint(map, 0, columns, rows, rangeOfOutput({ scene, results: map })), ...corner(place, i), columns * scale, rows * scale));
  outline(pen, ...corner(place, scene.channel).map((edge) => edge + 1), columns * scale - 2, rows * scale - 2);
}

// The whole map or photo, with the frame that says which part of it is taken apart here.
function paintOverview(state) {
  const { scene, el } = state, { overview } = scene;
  const scale = Math.min(el.overviewBox.clientWidth / overview.columns, 150 / overview.rows);
  state.overviewSize = [overview.columns * scale, overview.rows * scale];
  const pen = sized(el.overview, ...state.overviewSize);
  pen.imageSmoothingEnabled = overview.kind === "photo";
  if (state.photo) pen.drawImage(state.photo, 0, 0, ...state.overviewSize);
  drawFrame(state, overview.frame);
}

function drawFrame(state, [left, top, right, bottom]) {
  const [width, height] = state.overviewSize, pen = sized(state.el.overviewOver, width, height);
  pen.fillStyle = "rgba(0, 0, 0, 0.4)";
  pen.beginPath();
  pen.rect(0, 0, width, height);
  pen.rect(left * width, top * height, (right - left) * width, (bottom - top) * height);
  pen.fill("evenodd");
  outline(pen, left * width + 1, top * height + 1, (right - left) * width - 2, (bottom - top) * height - 2);
}
