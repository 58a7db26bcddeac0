// Layers that give a vector: its numbers as bars with names, or as a block of squares.
const BAR = 26; // CSS pixels from one to the next

// All outputs of a layer that gives a vector: bars with names where they are few, else a block of squares.
function paintSiblings(state) {
  const { scene, el } = state, { siblings } = scene, room = el.outputPart.clientWidth;
  const shades = (state.outputDomain = domain(siblings.scale, siblings.low, siblings.high)), list = scene.siblingValues;
  const bars = siblings.order.length <= 16, height = bars ? siblings.order.length * BAR : 0;
  const place = (state.siblingPlace = bars ? null : tiles(list.length, room, 260, 5, 30));
  const pen = sized(el.siblings, room, bars ? height : place.height), ink = getComputedStyle(el.siblings).color;
  const hidden = scene.ask ? scene.channel : -1; // its number is being guessed
  if (!bars) list.forEach((value, i) => fill(pen, i === hidden ? "#111" : colourOf(shades, value).css, ...corner(place, i), place.size, place.size));
  else siblings.order.forEach((unit, i) => drawBar(pen, siblings, unit === hidden ? NaN : list[unit], unit, i, room, ink, shades));
  if (bars) markBar(pen, scene, scene.channel, room);
  else markTile(pen, place, scene.channel);
  el.outputLegend.hidden = Boolean(scene.ask); // its ends might give the number away
  legend(el.outputLegend, shades, scene.output.words);
}

// One bar for each class that is listed, in the order of the probabilities.
function drawBars({ scene, el }, pen, room, values, shades, { low, high }) {
  const ink = getComputedStyle(el.siblings).color;
  scene.siblings.order.forEach((unit, i) => drawBar(pen, { names: scene.siblings.names, low, high }, values[unit], unit, i, room, ink, shades));
}

// A frame around one of the bars, or one of the squares.
function markBar(pen, { siblings }, unit, room) {
  const at = siblings.order.indexOf(unit);
  if (at >= 0) outline(pen, 1, at * BAR + 1, room - 2, BAR - 2);
}

const markTile = (pen, place, at) => outline(pen, ...corner(place, at).map((edge) => edge + 1), place.size - 2, place.size - 2);

// Between logits and probabilities: exp of each, the largest subtracted first.
function paintPowers(state) {
  const { scene, el } = state, room = el.kernelBox.clientWidth, shades = domain("magnitude", 0, 1);
  const size = [room, scene.siblings.order.length * BAR], { product, most } = termsOf(scene, scene.at);
  [el.grid.hidden, el.kernelCanvas.hidden, el.kernelOver.hidden] = [true, false, false];
  drawBars(state, sized(el.kernelCanvas, ...size), room, product, shades, { low: 0, high: 1 });
  sized(el.kernelOver, ...size);
  legend(el.kernelLegend, shades, powerOf("z", most));
}

function drawBar(pen, { names, low, high, share }, value, unit, i, room, ink, shades) {
  const y = i * BAR, head = Math.min(84, room * 0.4), wide = Math.max(room - head - 66, 10);
  const scale = wide / (Math.max(high, 0) - Math.min(low, 0) || 1), zero = head + 6 - Math.min(low, 0) * scale;
  pen.font = `12px ${getComputedStyle(pen.canvas).fontFamily}`;
  if (!Number.isNaN(value)) fill(pen, colourOf(shades, value).css, Math.min(zero, zero + value * scale), y + 5, Math.abs(value * scale), 15);
  [pen.fillStyle, pen.textAlign] = [ink, "left"];
  pen.fillText(fitted(pen, names[unit], head), 4, y + 17);
  pen.textAlign = "right";
  pen.fillText(Number.isNaN(value) ? "?" : share ? percent(value) : number(value), room - 4, y + 17);
}
