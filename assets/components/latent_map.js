// Maps of codes of two numbers: test digits as marks, the frame that the visitor moves, both ends of the walk, and the
// cloud of the picture. Map 0 is the network's, map 1 PCA's.
const DIGITS = ["#3a76b8", "#d9566b", "#2b8a3e", "#a68a00", "#1f9fc4", "#a8388a", "#7f7f7f", "#dd6b1c", "#0a8f7f", "#8c5a36"];
const REACH = { mouse: 11, touch: 22 }; // CSS pixels around an end of the walk that take hold of it
const TAP = 5; // CSS pixels: who moves less has tapped
const INSET = 11; // CSS pixels between the edge and the outermost places: marks there are seen whole

// Codes and CSS pixels: a square box around the codes, both axes to one scale, the second number upwards.
const scaleOf = (half, side) => (side / 2 - INSET) / half;
const placeOf = ([x, y, half], side, code) => [side / 2 + (code[0] - x) * scaleOf(half, side), side / 2 - (code[1] - y) * scaleOf(half, side)];
const codeAt = ([x, y, half], side, [left, top]) => [x + (left - side / 2) / scaleOf(half, side), y - (top - side / 2) / scaleOf(half, side)];
const onMap = (side, place) => place.map((at) => Math.min(Math.max(at, INSET), side - INSET));

// The nearest of the test digits that are drawn, and how far it is.
function nearest(points, [x, y]) {
  let best = 0, least = Infinity;
  for (let i = 0; i < points.length; i += 2) {
    const far = (points[i] - x) ** 2 + (points[i + 1] - y) ** 2;
    if (far < least) [best, least] = [i / 2, far];
  }
  return [best, Math.sqrt(least)];
}

// The test digit that is nearest to the visitor, as a code of one map or the other.
const twin = ({ land, near: [at] }, which) => land.points[which].subarray(2 * at, 2 * at + 2);

// A layer of the map that stays while the visitor moves about is painted once.
function kept(state, name, side, what, painter) {
  const key = `${side}/${what}/${state.style.color}/${window.devicePixelRatio}`, before = state.layers.get(name);
  if (before?.key === key) return before.canvas;
  const canvas = document.createElement("canvas");
  painter(sized(canvas, side, side));
  state.layers.set(name, { key, canvas });
  return canvas;
}

function paintMap(state, canvas, which) {
  const { el, sent, land, style } = state, box = sent.boxes[which], code = which ? state.other : state.code;
  const room = which ? el.other.clientWidth - 128 : el.place.clientWidth - (window.innerWidth < 640 ? 24 : 0); // beside it phones scroll
  const side = Math.max(120, Math.min(room, which ? 250 : 410));
  const pen = sized(canvas, side, side), at = (place) => placeOf(box, side, place), ground = which ? "none" : sent.ground;
  if (ground === "digits") pen.drawImage(kept(state, "ground", side, `${sent.name}/${box}`, (layer) => paintGrid(state, layer, box, side)), 0, 0, side, side);
  if (ground === "sure") paintSurvey(state, pen, at);
  pen.globalAlpha = ground === "none" ? 1 : 0.35;
  pen.drawImage(kept(state, `points${which}`, side, `${sent.name}/${box}/${ground === "sure"}`, (layer) => paintPoints(state, layer, box, side, which, ground === "sure")), 0, 0, side, side);
  pen.globalAlpha = 1;
  [pen.strokeStyle, pen.lineWidth] = [style.getPropertyValue("--st-border-color") || "#888", 1];
  pen.strokeRect(0.5, 0.5, side - 1, side - 1);
  ring(pen, onMap(side, at(twin(state, which))), 11); // it is seen around an end of the walk, too
  if (!which) sent.hand && paintCloud(pen, sent, at), paintEnds(state, pen, at);
  if (code) outline(pen, ...at(code).map((middle) => middle - 7), 14, 14);
  state[`side${which}`] = side;
  canvas.setAttribute("aria-label", `${which ? "PCA's map" : "Map of codes"}: ${land.labels.length} test digits. ${code ? "The frame" : "The one nearest to you"} is at ${codeWords(code ?? twin(state, which))}. Arrow keys move ${code ? "it" : "on from there"}, with Shift further.`);
}

// Each test digit as the digit it is, in its colour.
function paintPoints(state, pen, box, side, which, plain) {
  const { points: { [which]: points }, labels } = state.land;
  [pen.font, pen.textAlign, pen.textBaseline] = [`600 ${which ? 8 : 9}px ${state.style.fontFamily}`, "center", "middle"];
  for (let i = 0; i < labels.length; i++) {
    pen.fillStyle = plain ? state.style.color : DIGITS[labels[i]];
    pen.fillText(labels[i], ...placeOf(box, side, [points[2 * i], points[2 * i + 1]]));
  }
}

// What the decoder draws in the places of a grid, as ink in the colour of the text.
function paintGrid(state, pen, box, side) {
  const count = Math.max(8, Math.round(side / 27)), cell = side / count, [red, green, blue] = state.style.color.match(/[\d.]+/g).map(Number);
  const small = document.createElement("canvas"), picture = new ImageData(28, 28);
  [small.width, small.height] = [28, 28];
  pen.imageSmoothingEnabled = true;
  for (let i = 0; i < count * count; i++) {
    const middle = [(i % count) + 0.5, Math.floor(i / count) + 0.5].map((at) => at * cell);
    decode(state.land.decoders[0], Float32Array.from(codeAt(box, side, middle))).forEach((value, pixel) => picture.data.set([red, green, blue, 255 * value], 4 * pixel));
    small.getContext("2d").putImageData(picture, 0, 0);
    pen.drawImage(small, middle[0] - cell / 2, middle[1] - cell / 2, cell, cell);
  }
}

// How sure LeNet is in the places of a survey, and which of them are holes.
function paintSurvey(state, pen, at) {
  const { sent } = state, { survey } = sent, scale = { scale: "magnitude", low: 0, high: 255 };
  for (let i = 0; i < sent.sureness.length; i++) {
    const [row, column] = [sent.places[2 * i], sent.places[2 * i + 1]], corner = (down, right) => at([survey.low[0] + (right - 0.5) * survey.step[0], survey.low[1] + (down - 0.5) * survey.step[1]]);
    const [[left, bottom], [right, top]] = [corner(row, column), corner(row + 1, column + 1)];
    const { css, ink } = colourOf(scale, sent.sureness[i]);
    pen.fillStyle = css;
    pen.fillRect(left, top, right - left + 0.5, bottom - top + 0.5);
    if (!sent.holes[i]) continue;
    [pen.strokeStyle, pen.lineWidth] = [ink, 1];
    pen.beginPath(), pen.moveTo(left + 2, top + 2), pen.lineTo(right - 2, bottom - 2), pen.moveTo(right - 2, top + 2), pen.lineTo(left + 2, bottom - 2), pen.stroke();
  }
}

function ring(pen, [x, y], radius) {
  for (const [width, colour] of [[3.5, "#000"], [1.75, "#fff"]]) {
    [pen.lineWidth, pen.strokeStyle] = [width, colour];
    pen.beginPath(), pen.arc(x, y, radius, 0, 7), pen.stroke();
  }
}

// The picture's cloud: one and two standard deviations around its mean; a plain encoder gives a place alone.
function paintCloud(pen, { hand, cloud }, at) {
  const [x, y] = at(hand), [right, up] = cloud ? at(hand.map((mean, i) => mean + cloud[i])) : [x, y];
  for (const [width, colour] of [[4, "#000"], [2, "#ff8fe0"]]) {
    [pen.lineWidth, pen.strokeStyle] = [width, colour];
    for (const times of cloud ? [1, 2] : []) pen.beginPath(), pen.ellipse(x, y, Math.max(times * (right - x), 1), Math.max(times * (y - up), 1), 0, 0, 7), pen.stroke();
    pen.beginPath(), pen.moveTo(x - 5, y), pen.lineTo(x + 5, y), pen.moveTo(x, y - 5), pen.lineTo(x, y + 5), pen.stroke();
  }
}

function paintEnds(state, pen, at) {
  const [one, other] = state.ends.map((end) => end.code && at(end.code));
  if (one && other) for (const [width, colour] of [[3.5, "#000"], [1.5, "#fff"]]) {
    [pen.lineWidth, pen.strokeStyle] = [width, colour];
    pen.beginPath(), pen.moveTo(...one), pen.lineTo(...other), pen.stroke();
  }
  [one, other].forEach((place, i) => {
    if (!place) return; // a picture without ink
    const [x, y] = place;
    pen.beginPath(), pen.arc(x, y, 9, 0, 7);
    [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = ["#000", "#fff", 1.5];
    pen.fill(), pen.stroke();
    [pen.fillStyle, pen.font, pen.textAlign, pen.textBaseline] = ["#fff", `700 11px ${state.style.fontFamily}`, "center", "middle"];
    pen.fillText("AB"[i], x, y + 0.5);
  });
}

// ---- what a visitor does ----------------------------------------------------------------------

function listenMap(state, canvas, which) {
  const side = () => state[`side${which}`], box = () => state.sent.boxes[which];
  const inside = (event) => codeAt(box(), side(), onMap(side(), pointer(canvas, event)));
  const endAt = (event) => (which ? -1 : state.ends.findIndex((end) => end.code && apart(placeOf(box(), side(), end.code), pointer(canvas, event)) < REACH[event.pointerType === "touch" ? "touch" : "mouse"]));
  canvas.onpointerdown = (event) => {
    if (!state.land) return;
    canvas.setPointerCapture(event.pointerId);
    Object.assign(state, { dragging: canvas, touched: { end: endAt(event), from: pointer(canvas, event) } });
    walkOn(state, false);
    drag(state, inside(event), which);
  };
  canvas.onpointermove = (event) => {
    if (!state.land) return;
    if (state.dragging !== canvas) return void (canvas.style.cursor = endAt(event) < 0 ? "" : "grab");
    if (apart(state.touched.from, pointer(canvas, event)) >= TAP) state.grabbed = state.touched.end; // not by a tap
    drag(state, inside(event), which);
  };
  canvas.onpointerup = canvas.onpointercancel = () => ((state.grabbed = -1), letGo(state));
  canvas.onkeydown = (event) => {
    const by = ARROWS[event.key], [x, y, half] = box(), step = half * (event.shiftKey ? 0.2 : 0.04);
    if (!by || !state.land) return;
    event.preventDefault();
    walkOn(state, false);
    const code = which ? (state.other ?? twin(state, 1)) : state.code;
    const kept = (value, middle) => Math.min(Math.max(value, middle - half), middle + half); // on the map
    goTo(state, [kept(code[0] + by[1] * step, x), kept(code[1] - by[0] * step, y)], which);
  };
  state.grabbed = -1;
}

const apart = (one, other) => Math.hypot(one[0] - other[0], one[1] - other[1]);

function letGo(state) {
  state.dragging = null;
  state.point();
  tellServer(state, 0);
}

// An end of the walk is moved, and the frame with it; or the frame alone.
function drag(state, code, which) {
  if (!which && state.grabbed >= 0) setEnd(state, state.grabbed, code);
  goTo(state, code, which);
}

function setEnd(state, which, code) {
  state.ends[which] = { code, moved: true, title: "a place on the map" };
  state.share = which * 100;
  goTo(state, code);
}
