// Times of a run: a slider over what was measured. Moving it draws at once; the server hears of it when it rests.
function timeRow(state, heard) {
  const input = make("input", { type: "range", min: 0, step: 1, ariaLabel: "Time: training steps" }), text = make("span");
  const row = make("label", { className: "row time" }, input, text);
  input.oninput = () => {
    state.time = Number(input.value);
    state.point();
    clearTimeout(state.telling);
    state.telling = setTimeout(() => ((state.telling = 0), heard(state.time)), 400);
  };
  state.showTime = () => {
    const { steps, losses } = state.net;
    row.hidden = steps.length < 2;
    [input.max, input.value] = [steps.length - 1, state.time];
    text.textContent = `${steps[state.time] ? `after ${steps[state.time]} steps` : "before training"} · loss ${number(losses[state.time])}`;
    input.setAttribute("aria-valuetext", text.textContent);
  };
  return row;
}

// What the server says about where the visitor is; not while it has yet to hear of a moved slider.
function follow(state, net) {
  const before = state.net, other = before?.key !== net.key, look = JSON.stringify(net.look);
  state.net = net;
  if (other || (!state.telling && look !== state.told)) Object.assign(state, { time: net.look.time, chosen: net.look.layer, kept: net.look.layer });
  state.told = look;
  if (other) clearTimeout(state.telling), (state.telling = 0);
  state.time = within(state.time, net.steps.length);
  state.chosen = within(state.chosen, net.names.length);
}

// Arrow keys, Home and End along the layers; the server hears of it when the visitor pauses.
function alongLayers(state, event) {
  const count = state.net.names.length, by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const to = by ? state.chosen + by : { Home: 0, End: count - 1 }[event.key];
  if (to === undefined) return false;
  event.preventDefault();
  keep(state, within(to, count));
  return true;
}

function keep(state, at) {
  state.chosen = state.kept = at;
  state.point();
  clearTimeout(state.choosing);
  state.choosing = setTimeout(() => state.send("choose", { layer: at }), 500);
}
