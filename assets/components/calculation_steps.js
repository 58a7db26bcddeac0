// From cell to cell, with keys, with buttons and by itself; and which cell is kept.
const PAUSE = 400; // milliseconds after the last of several steps

// The cell goes into the link and into the page's table.
function keep(state) {
  clearTimeout(state.keeping);
  if (String(state.kept) === String(state.pinned)) return;
  state.kept = state.pinned;
  state.send("choose", { row: state.kept[0], column: state.kept[1] });
}

// Steps are many: the last one counts. While a number is asked for, the others can be looked at without being chosen.
function keepSoon(state) {
  clearTimeout(state.keeping);
  if (!state.scene.ask) state.keeping = setTimeout(() => keep(state), PAUSE);
}

function pin(state) {
  if (state.playing) play(state, false);
  stay(state);
  keep(state);
}

// Leaving the canvas with the pointer comes back here; a text to be copied by hand was of another cell.
function stay(state) {
  state.pinned = state.at;
  state.el.manual.hidden = true;
}

function goTo(state, at) {
  lookAt(state, at);
  stay(state);
}

// Arrow keys go from cell to cell, Home and End along the row, Enter keeps the cell, the space bar plays.
function walk(state, event) {
  const { output } = state.scene, [row, column] = state.at;
  if (event.key === "Enter") return event.preventDefault(), pin(state);
  if (event.key === " ") return event.preventDefault(), play(state, !state.playing);
  const move = ARROWS[event.key] || { Home: [0, -1e6], End: [0, 1e6] }[event.key];
  if (!move) return;
  event.preventDefault();
  goTo(state, [output.top + within(row - output.top + move[0], output.rows), output.left + within(column - output.left + move[1], output.columns)]);
  keepSoon(state);
}

function stepBy(state, by) {
  play(state, false);
  if (advance(state, by)) keepSoon(state);
}

function advance(state, by) {
  const { output } = state.scene, count = output.rows * output.columns;
  const now = outputPlace(state.scene, state.at) + by;
  if (now < 0 || now >= count) return false;
  goTo(state, [output.top + Math.floor(now / output.columns), output.left + (now % output.columns)]);
  return true;
}

// From the cell at hand on, or from the start if it is the last. Who asked for less motion gets one step a second.
function play(state, on) {
  if (state.playing && !on) keepSoon(state);
  clearInterval(state.playing);
  state.playing = 0;
  if (on) {
    const { output } = state.scene, calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    clearTimeout(state.keeping);
    if (outputPlace(state.scene, state.at) === output.rows * output.columns - 1) goTo(state, [output.top, output.left]);
    state.playing = setInterval(() => (state.root.isConnected && advance(state, 1)) || play(state, false), 1000 / (calm ? 1 : state.speed));
  }
  state.el.play.textContent = state.playing ? "❚❚ Pause" : "▶ Play";
  state.point();
}
