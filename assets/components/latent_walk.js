// The walk between two codes, and the bars of codes of more than two numbers. An end without ink (empty paper, a blank
// photo) has no code; then there is no walk.
const hasWalk = ({ ends }) => ends.every((end) => end.code);
const isSame = (one, other) => !!one && !!other && JSON.stringify(rounded(one)) === JSON.stringify(rounded(other));
const mixed = ([one, other], share) => one.code.map((value, i) => (1 - share) * value + share * other.code[i]);

function listenWalk(state) {
  const { el } = state;
  el.share.oninput = () => (walkOn(state, false), walkTo(state, Number(el.share.value)));
  el.play.onclick = () => walkOn(state, !state.walking);
  [el.setA.onclick, el.setB.onclick] = [0, 1].map((which) => () => (walkOn(state, false), setEnd(state, which, [...state.code])));
  el.strip.onclick = (event) => (walkOn(state, false), walkTo(state, stripShare(state, pointer(el.strip, event))));
  el.strip.onkeydown = (event) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    walkOn(state, false);
    walkTo(state, Math.min(Math.max(state.share + 12.5 * (by[0] + by[1]), 0), 100));
  };
}

function walkTo(state, share) {
  if (!hasWalk(state)) return;
  state.share = share;
  goTo(state, mixed(state.ends, share / 100));
}

// On to B and no further; in larger steps where motion is not wanted.
function walkOn(state, on) {
  clearInterval(state.walking);
  state.walking = 0;
  if (on && hasWalk(state)) {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches, [pause, by] = calm ? [600, 12.5] : [40, 1];
    if (state.share >= 100) state.share = 0;
    state.walking = setInterval(() => {
      if (!state.el.box.isConnected || state.share >= 100) return walkOn(state, false), tellServer(state);
      walkTo(state, Math.min(state.share + by, 100));
    }, pause);
  } else if (state.code) tellServer(state);
  state.el.play.textContent = state.walking ? "Pause" : "▶ Walk";
}

// The pictures on the way as the engine has decoded them, with what LeNet takes each for.
function paintWalk(state) {
  const { el, sent, style } = state, fresh = state.ends.every((end, i) => isSame(end.code, sent.ends[i].code));
  el.share.disabled = el.play.disabled = !hasWalk(state);
  el.share.value = state.share;
  el.strip.hidden = !sent.labels;
  el.shareTold.textContent = `A: ${state.ends[0].title} → B: ${state.ends[1].title}`;
  el.story.textContent = fresh || !hasWalk(state) ? sent.story : state.dragging ? "LeNet reads the walk when you let go." : "LeNet reads the walk when you pause.";
  if (!sent.labels) return;
  const count = sent.labels.length, pitch = Math.min(STRIP + 6, Math.floor(el.walk.clientWidth / count)), size = pitch - 4;
  const pen = sized(el.strip, pitch * count, size + 34);
  const onIt = mixed(state.ends, state.share / 100).every((value, i) => Math.abs(value - state.code[i]) < 0.02); // places are rounded
  const where = onIt ? `${Math.round(state.share)} %` : "off the walk";
  el.shareTold.textContent += ` · ${where}`;
  pen.globalAlpha = fresh ? 1 : 0.35;
  for (let i = 0; i < count; i++) {
    pen.drawImage(paint(sent.walk, i * 784, 28, 28, { scale: "grey", low: 0, high: 255 }), i * pitch + 2, 2, size, size);
    [pen.fillStyle, pen.textAlign, pen.font] = [style.color, "center", `${sent.chances[i] >= sent.sure ? "700 " : ""}12px ${style.fontFamily}`];
    pen.fillText(sent.chances[i] >= sent.sure ? sent.labels[i] : `${sent.labels[i]}?`, (i + 0.5) * pitch, size + 17, pitch);
    pen.font = `11px ${style.fontFamily}`;
    pen.fillText(`${Math.round(100 * sent.chances[i])} %`, (i + 0.5) * pitch, size + 31, pitch);
  }
  pen.globalAlpha = 1;
  const now = Math.round((state.share / 100) * (count - 1));
  if (onIt) outline(pen, now * pitch + 2, 2, size, size);
  state.pitch = pitch;
  const read = Array.from(sent.labels, (label, i) => `${label} ${percent(sent.chances[i])}`).join(", ");
  el.strip.setAttribute("aria-label", `${count} pictures from A to B; LeNet reads ${read}. Arrow keys walk.`);
}

const stripShare = (state, [x]) => (within(Math.floor(x / state.pitch), state.sent.labels.length) / (state.sent.labels.length - 1)) * 100;

// ---- bars -------------------------------------------------------------------------------------

const BARS = { height: 250, top: 8, foot: 20 };

function paintBars(state) {
  const { el, sent, style } = state, width = el.place.clientWidth, pen = sized(el.bars, width, BARS.height);
  const count = state.code.length, pitch = width / count, wide = Math.max(pitch - 4, 2), { y } = barScale(state);
  [pen.strokeStyle, pen.fillStyle, pen.lineWidth, pen.textAlign] = [style.color, style.color, 1, "center"];
  pen.globalAlpha = 0.3;
  for (const value of [-sent.most, 0, sent.most]) pen.beginPath(), pen.moveTo(0, y(value)), pen.lineTo(width, y(value)), pen.stroke();
  pen.globalAlpha = 1;
  state.code.forEach((value, unit) => {
    const left = unit * pitch + (pitch - wide) / 2, [low, high] = [Math.min(y(0), y(value)), Math.max(y(0), y(value))];
    pen.fillStyle = value < 0 ? "#3a87c8" : "#e07b1a";
    pen.fillRect(left, low, wide, Math.max(high - low, 1.5));
    paintWhisker(state, pen, unit, left + wide / 2, y);
    pen.fillStyle = style.color;
    pen.font = `${unit === state.unit ? "700 " : ""}11px ${style.fontFamily}`;
    if (pitch > 15 || unit % 4 === 0) pen.fillText(unit + 1, left + wide / 2, BARS.height - 6);
  });
  outline(pen, state.unit * pitch + 1, 2, pitch - 2, BARS.height - 4);
  state.barPitch = pitch;
  el.bars.setAttribute("aria-label", `The code, ${count} numbers. Unit ${state.unit + 1} is ${number(Number(state.code[state.unit].toFixed(2)))}. Left and right choose a unit, up and down change it.`);
}

// Where the picture's own code is, with one standard deviation to either side if it is a cloud.
function paintWhisker({ sent, style }, pen, unit, x, y) {
  if (!sent.hand) return;
  const mean = sent.hand[unit], spread = sent.cloud ? sent.cloud[unit] : 0;
  [pen.strokeStyle, pen.lineWidth] = [style.color, 1.5];
  pen.beginPath(), pen.moveTo(x, y(mean - spread)), pen.lineTo(x, y(mean + spread)), pen.moveTo(x - 4, y(mean)), pen.lineTo(x + 4, y(mean)), pen.stroke();
}

function barScale({ sent }) {
  const tall = BARS.height - BARS.top - BARS.foot;
  return { y: (value) => BARS.top + (0.5 - value / (2 * sent.most)) * tall, value: (y) => (0.5 - (y - BARS.top) / tall) * 2 * sent.most };
}

function setUnit(state, value) {
  const { most } = state.sent, code = [...state.code];
  code[state.unit] = Math.min(Math.max(value, -most), most);
  goTo(state, code);
}

function listenBars(state) {
  const { bars } = state.el;
  const set = (event) => setUnit(state, barScale(state).value(pointer(bars, event)[1]));
  bars.onpointerdown = (event) => {
    bars.setPointerCapture(event.pointerId);
    state.unit = within(Math.floor(pointer(bars, event)[0] / state.barPitch), state.code.length);
    state.dragging = bars;
    walkOn(state, false);
    set(event);
  };
  bars.onpointermove = (event) => state.dragging === bars && set(event);
  bars.onpointerup = bars.onpointercancel = () => letGo(state);
  bars.onkeydown = (event) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    if (by[0]) return setUnit(state, state.code[state.unit] - by[0] * state.sent.most * (event.shiftKey ? 0.2 : 0.04));
    state.unit = within(state.unit + by[1], state.code.length);
    state.point();
  };
}
