// The code as bars: each can be dragged, or chosen and set with the slider, the field or the arrow keys.
const MINUS = "#3a87c8", PLUS = "#e07b1a"; // the ends of the signed scale
const WIDE = 32, NARROW = 16; // bars in a row
const MAP = 256; // with more units, each is a cell that is coloured

// How the units share a panel: rows of bars, or a square of cells.
function layCode(count, width, height) {
  const across = count > MAP ? Math.ceil(Math.sqrt(count)) : count <= NARROW ? count : count <= 2 * NARROW ? NARROW : WIDE;
  const down = Math.ceil(count / across);
  return { across, down, w: width / across, h: height / down, bars: count <= MAP };
}

const valueOf = ({ shown, tile, moves }, unit) => moves[unit] ?? ownOf({ shown, tile }, unit);
const ownOf = ({ shown, tile }, unit) => (shown.codes && tile !== shown.tile.index ? shown.codes[tile * shown.count + unit] : shown.own[unit]);
const reachOf = ({ shown }, unit) => [shown.lows[unit], shown.highs[unit]];
const editing = ({ shown, tile }) => !shown.codes || tile === shown.tile.index;

function paintCode(state, width, height) {
  const { el, shown, style } = state, { count } = shown, pen = sized(el.bars, width, height);
  const place = (state.place = layCode(count, width, height)), dark = style.color, [low, high] = reachOf(state, 0);
  const scale = { scale: low < 0 ? "signed" : "magnitude", low, high };
  for (let unit = 0; unit < count; unit++) {
    const [x, y] = [(unit % place.across) * place.w, Math.floor(unit / place.across) * place.h], value = valueOf(state, unit);
    if (!place.bars) {
      const [left, top, right, bottom] = [x, y, x + place.w, y + place.h].map(Math.round); // no seams between cells
      pen.fillStyle = colourOf(scale, value).css;
      pen.fillRect(left, top, right - left, bottom - top);
      continue;
    }
    const zero = levelOf(state, unit, 0, y), top = levelOf(state, unit, value, y), gap = place.w > 5 ? Math.min(2, place.w / 6) : 0.5;
    pen.fillStyle = value < 0 ? MINUS : PLUS;
    pen.fillRect(x + gap, Math.min(zero, top), place.w - 2 * gap, Math.max(Math.abs(zero - top), 1));
    [pen.fillStyle, pen.globalAlpha] = [dark, 0.35];
    pen.fillRect(x, zero - 0.5, place.w, 1);
    pen.globalAlpha = 1;
    if (unit in state.moves && editing(state)) {
      pen.fillStyle = dark; // where it was by itself
      pen.fillRect(x, levelOf(state, unit, ownOf(state, unit), y) - 1, place.w, 2);
    }
  }
  for (const [unit, dashed] of [[state.unit, false], [state.over, true]])
    if (unit >= 0 && unit < count && !(dashed && unit === state.unit)) outline(pen, (unit % place.across) * place.w + 1, Math.floor(unit / place.across) * place.h + 1, place.w - 2, place.h - 2, dashed);
  tellCode(state, scale);
}

// The height of a value within its row of bars.
function levelOf(state, unit, value, top) {
  const [low, high] = reachOf(state, unit), share = (Math.min(Math.max(value, low), high) - low) / (high - low);
  return top + 2 + (1 - share) * (state.place.h - 4);
}

function tellCode(state, scale) {
  const { el, shown } = state, unit = state.over >= 0 ? state.over : state.unit, value = valueOf(state, unit), own = ownOf(state, unit);
  const moved = Object.keys(state.moves).length, mine = editing(state);
  el.unit.textContent = `Unit ${unit}: ${number(value)}${unit in state.moves && mine ? `, by itself ${number(own)}` : ""}`;
  const chosen = valueOf(state, state.unit), [low, high] = reachOf(state, state.unit);
  Object.assign(el.slide, { min: low, max: high, step: (high - low) / 400 });
  if (state.root.activeElement !== el.slide || !state.sliding) el.slide.value = chosen;
  if (state.root.activeElement !== el.typed) el.typed.value = number(chosen);
  el.slide.setAttribute("aria-label", `Unit ${state.unit} of the code`);
  el.slide.setAttribute("aria-valuetext", number(chosen));
  el.typed.setAttribute("aria-label", `Unit ${state.unit} as a number`);
  el.slide.disabled = el.typed.disabled = !mine;
  el.own.disabled = !moved || !mine;
  el.undo.disabled = !state.history.length || !mine;
  el.bars.setAttribute("aria-label", `The code, ${shown.count} numbers. Unit ${state.unit} is ${number(chosen)}. Left and right choose a unit, up and down change it.`);
  const words = moved ? `${moved} moved by you` : "drag any of them up or down";
  el.codeLegend.hidden = state.place.bars;
  el.reach.hidden = !state.place.bars;
  if (state.place.bars) el.reach.textContent = `${shown.scaleWords} · ${words}`;
  else legend(el.codeLegend, scale, words);
}

// ---- what a visitor does ----------------------------------------------------------------------

function listenCode(state) {
  const { bars, slide, typed, own, undo } = state.el;
  const unitAt = (event) => {
    const [x, y] = pointer(bars, event), { across, down, w, h } = state.place;
    return within(within(Math.floor(y / h), down) * across + within(Math.floor(x / w), across), state.shown.count);
  };
  bars.onpointerdown = (event) => {
    if (!editing(state)) return;
    bars.setPointerCapture(event.pointerId);
    remember(state);
    state.unit = unitAt(event);
    state.grip = { y: pointer(bars, event)[1], value: valueOf(state, state.unit), moved: false };
    state.over = -1;
    state.point();
  };
  bars.onpointermove = (event) => {
    if (!state.grip) return (state.over = unitAt(event)), state.point();
    const y = pointer(bars, event)[1], room = state.place.bars ? Math.max(state.place.h - 4, 60) : 160;
    if (!state.grip.moved && Math.abs(y - state.grip.y) < 2) return;
    state.grip.moved = true;
    const [low, high] = reachOf(state, state.unit);
    set(state, state.grip.value - ((y - state.grip.y) / room) * (high - low), "live");
  };
  bars.onpointerup = bars.onpointercancel = () => {
    if (state.grip?.moved) ask(state, "drop", { moved: state.moves });
    else state.history.pop();
    state.grip = null;
    state.point();
  };
  bars.onpointerleave = () => !state.grip && ((state.over = -1), state.point());
  bars.onkeydown = (event) => keyOnCode(state, event);
  slide.oninput = () => {
    if (!state.sliding) remember(state);
    state.sliding = true;
    set(state, Number(slide.value), "live");
  };
  slide.onchange = () => ((state.sliding = false), ask(state, "drop", { moved: state.moves }));
  typed.onkeydown = (event) => event.key === "Enter" && typed.blur();
  typed.onchange = () => typeIn(state);
  own.onclick = () => (remember(state), (state.moves = {}), settle(state));
  undo.onclick = () => ((state.moves = JSON.parse(state.history.pop() ?? "{}")), settle(state));
}

const remember = (state) => state.history.push(JSON.stringify(state.moves));

function settle(state) {
  state.point();
  ask(state, "drop", { moved: state.moves });
}

function set(state, value, event) {
  const [low, high] = reachOf(state, state.unit);
  state.moves = { ...state.moves, [state.unit]: Number(Math.min(Math.max(value, low), high).toPrecision(4)) };
  state.point();
  state.say(`Unit ${state.unit}: ${number(state.moves[state.unit])}`);
  ask(state, event, { moved: state.moves });
}

function typeIn(state) {
  const value = written(state.el.typed.value), [low, high] = reachOf(state, state.unit);
  const fits = value !== null && value >= low && value <= high;
  state.el.problem.hidden = fits;
  if (!fits) return (state.el.problem.textContent = `Write a number from ${number(low)} to ${number(high)}.`);
  if (value === read(number(valueOf(state, state.unit)))) return;
  remember(state);
  set(state, value, "drop");
}

function keyOnCode(state, event) {
  const move = ARROWS[event.key];
  if (!move || !editing(state)) return;
  event.preventDefault();
  if (move[1]) return (state.unit = within(state.unit + move[1], state.shown.count)), (state.over = -1), state.point(), state.say(state.el.bars.getAttribute("aria-label"));
  if (!state.keying) remember(state);
  const [low, high] = reachOf(state, state.unit);
  set(state, valueOf(state, state.unit) - (move[0] * (high - low)) / 40, "live");
  clearTimeout(state.keying);
  state.keying = setTimeout(() => ((state.keying = 0), ask(state, "drop", { moved: state.moves })), 600);
}
