// A network of a few neurons: point at anything and see its numbers; go through the four stages of an iteration.
// Python sent every number of every iteration, so that stepping and playing never ask it.
const STAGES = ["Forward", "Loss", "Backward", "Update"];
const PACES = { "a stage a second": [1000, 1], "4 iterations a second": [250, 4], "20 iterations a second": [50, 4] };

function setupNeurons(root) {
  const el = {
    graph: make("canvas", { className: "graph", tabIndex: 0 }), losses: make("canvas", { className: "losses", tabIndex: 0 }),
    legend: make("span", { className: "legend" }), title: make("h2"), lines: make("div", { className: "lines" }),
    given: make("label", { className: "given" }), number: make("input", { type: "text", inputMode: "decimal", autocomplete: "off" }),
    problem: make("p", { className: "problem" }), count: make("span", { className: "count" }), said: make("div", { className: "said" }),
    back: make("button", { textContent: "◀ Step", title: "One stage back" }), step: make("button", { textContent: "Step ▶", title: "One stage on" }),
    play: make("button", { className: "go", textContent: "▶ Run" }), first: make("button", { textContent: "To the start", title: "Back to iteration 0" }),
    pace: make("select", { title: "How fast it runs", ariaLabel: "Speed" }, ...Object.keys(PACES).map((words) => make("option", { textContent: words }))),
    save: make("button", { textContent: "Save picture", title: "Download the drawing as PNG" }),
  };
  el.said.setAttribute("aria-live", "polite");
  for (const canvas of [el.graph, el.losses]) canvas.setAttribute("role", "application");
  el.stages = STAGES.map((name, i) => make("button", { textContent: `${i + 1} ${name}` }));
  el.given.append(el.word = make("span"), el.number);
  const play = make("div", { className: "row play" }, el.back, el.play, el.step, el.pace, el.first, el.save);
  el.box = make("div", {}, make("div", { className: "stages" }, ...el.stages, el.count), el.graph, el.legend, el.losses, play);
  const panel = make("section", {}, el.title, el.given, el.problem, el.lines);
  root.append(make("div", { className: "torch" }, make("div", { className: "neurons" }, el.box, panel), el.said));
  const state = { el, root, say: announcer(el.said), at: 0, stage: 0 };
  state.point = everyFrame(() => draw(state));
  listen(state, root.querySelector(".torch"));
  return state;
}

function listen(state, torch) {
  const { el } = state;
  el.graph.onpointermove = (event) => event.pointerType === "mouse" && hover(state, elementAt(state, pointer(el.graph, event)));
  el.graph.onpointerleave = () => hover(state, "");
  el.graph.onclick = (event) => choose(state, elementAt(state, pointer(el.graph, event)));
  el.graph.onkeydown = (event) => walk(state, event);
  el.losses.onclick = (event) => go(state, state.iterationAt(pointer(el.losses, event)[0]), state.stage);
  el.losses.onkeydown = (event) => ARROWS[event.key] && (event.preventDefault(), go(state, state.at + ARROWS[event.key][1] - ARROWS[event.key][0], state.stage));
  el.stages.forEach((button, i) => (button.onclick = () => go(state, state.at, i)));
  [el.back.onclick, el.step.onclick, el.first.onclick] = [() => stepBy(state, -1), () => stepBy(state, 1), () => go(state, 0, 0)];
  el.play.onclick = () => run(state, !state.running);
  el.pace.onchange = () => state.running && run(state, true);
  el.save.onclick = () => savePicture(el.graph, "neurons");
  el.number.onkeydown = (event) => void (event.key === "Enter" && typed(state)); // false would stop the key
  el.number.onblur = () => typed(state);
  new ResizeObserver(() => state.width !== torch.clientWidth && state.net && ((state.width = torch.clientWidth), draw(state))).observe(torch);
}

// ---- numbers ----------------------------------------------------------------------------------

// A number by its name, of an iteration.
const valueOf = ({ net, at }, name, iteration = at) => net.values[iteration * net.names.length + net.place[name]];

// A formula with today's numbers in it; those below zero in brackets, but in one: sigmoid(−0.5).
const inNumbers = (state, formula) => formula.replace(/[A-Za-z]+[\d.]*\d|rate/g, (name, at) => {
  const text = number(valueOf(state, name)), alone = formula[at - 1] === "(" && formula[at + name.length] === ")";
  return text[0] === "−" && !alone ? `(${text})` : text;
});

const WORDS = {
  x: (at) => `Input ${at}`,
  t: (at) => `Target ${at}`,
  b: (at) => `Bias of neuron ${at}`,
  n: (at) => `Neuron ${at}`,
  w: (at) => (([layer, neuron, from]) => `Weight from ${layer > 1 ? `neuron ${layer - 1}.${from}` : `input ${from}`} to neuron ${layer}.${neuron}`)(at.split(".")),
};
const titleOf = (id) => WORDS[id[0]](id.slice(1));

// ---- drawing ----------------------------------------------------------------------------------

function draw(state) {
  const { el, net, at, stage } = state;
  paintGraph(state);
  paintLosses(state);
  el.stages.forEach((button, i) => (button.setAttribute("aria-pressed", i === stage), (button.disabled = i > net.until)));
  el.step.disabled = el.play.disabled = asked(net) || at * 4 + stage === lastOf(net);
  el.count.textContent = `iteration ${at}${at === net.most ? ", the last one here" : ""}`;
  el.back.disabled = !at && !stage;
  el.play.textContent = state.running ? "❚❚ Pause" : "▶ Run";
  tell(state);
}

function tell(state) {
  const { el, net, chosen, stage } = state;
  el.title.textContent = titleOf(chosen);
  el.given.hidden = el.problem.hidden = chosen[0] === "n";
  el.word.textContent = stage === 3 && "wb".includes(chosen[0]) ? "Value before the update" : "Value";
  el.number.ariaLabel = titleOf(chosen);
  if (el.number.getRootNode().activeElement !== el.number) {
    if (chosen[0] !== "n") el.number.value = brief(valueOf(state, chosen), 6);
    complain(state, ""); // it was about what no longer stands there
  }
  const rows = net.rows.filter(([id]) => id === chosen);
  el.lines.replaceChildren(...rows.map((row) => lineOf(state, row)));
  const now = rows.filter(([, when]) => when <= stage).map(([, , name, formula, column]) => `${name} = ${formula && `${formula} = `}${number(valueOf(state, column))}`);
  state.say(`Iteration ${state.at}, ${STAGES[stage]}. ${titleOf(chosen)}. ${now.slice(-2).join(". ")}`);
}

// "a1.1 = w1.1.1 × x1 + b1.1", the same in numbers, and the result; later stages keep theirs to themselves.
function lineOf(state, [, when, name, formula, column]) {
  const later = when > state.stage, line = make("div", { className: `step${when === state.stage ? " now" : later ? " later" : ""}` });
  line.append(make("div", { className: "stage", textContent: STAGES[when] }), make("div", { textContent: !formula ? `${name} is given` : name === formula ? name : `${name} = ${formula}` }));
  if (formula && !later) line.append(make("div", {}, `= ${inNumbers(state, formula)} = `, make("b", { textContent: number(valueOf(state, column)) })));
  return line;
}

// ---- what a visitor does ----------------------------------------------------------------------

function hover(state, id) {
  const next = id || state.kept;
  if (next === state.chosen || state.el.number.getRootNode().activeElement === state.el.number) return;
  state.chosen = next;
  state.point();
}

function choose(state, id) {
  if (!id) return;
  state.chosen = state.kept = id;
  state.point();
  tellServer(state);
}

function walk(state, event) {
  const ids = state.net.ids, by = ARROWS[event.key];
  if (event.key === "Enter" && state.chosen[0] !== "n") return event.preventDefault(), state.el.number.focus(), state.el.number.select();
  if (!by) return;
  event.preventDefault();
  choose(state, ids[within(ids.indexOf(state.chosen) + by[0] + by[1], ids.length)]);
}

const lastOf = (net) => net.most * 4 + STAGES.length - 1; // the last stage of the last iteration

// A question about a later stage is open: this iteration goes no further, and no other one is shown.
const asked = (net) => net.until < STAGES.length - 1;

function go(state, at, stage) {
  if (asked(state.net)) [at, stage] = [state.net.look.iteration, Math.min(stage, state.net.until)];
  [state.at, state.stage] = [within(at, state.net.count), stage];
  state.point();
  tellServer(state);
}

function stepBy(state, by) {
  const last = lastOf(state.net), at = Math.min(state.at * 4 + state.stage + by, last);
  if (at < 0) return;
  if (at >= state.net.count * 4) return tellServer(state, 0); // it sends more iterations
  go(state, Math.floor(at / 4), at % 4);
  if (at === last) run(state, false);
}

function run(state, on) {
  clearInterval(state.running);
  state.running = null;
  const [pause, by] = PACES[state.el.pace.value];
  if (on) state.running = setInterval(() => (state.el.graph.isConnected ? stepBy(state, by) : run(state, false)), pause);
  state.point();
}

// The server hears of it when the visitor pauses, so that the link and the charts below follow.
function tellServer(state, after = 500) {
  clearTimeout(state.telling);
  const more = state.at >= state.net.count - 20 && state.net.count <= state.net.most; // while it runs on, only if the iterations run out
  state.telling = setTimeout(() => {
    const look = { iteration: state.at, stage: state.stage, chosen: state.kept };
    if (state.running && !more) return;
    state.told = JSON.stringify(look);
    state.send("look", look);
  }, state.running && more ? 0 : after);
}

function complain({ el }, words) {
  el.number.setAttribute("aria-invalid", words !== "");
  el.problem.textContent = words;
}

function typed(state) {
  const { el, chosen } = state;
  if (chosen[0] === "n") return;
  const value = written(el.number.value), now = brief(valueOf(state, chosen), 6), same = el.number.value === now;
  complain(state, value === null && !same ? "Write a number from −1,000,000 to 1,000,000, such as −1, 0.5 or 1/9." : "");
  if (same || value === null || value === written(now)) return;
  run(state, false);
  clearTimeout(state.telling); // it would overtake the number, which would be lost
  state.typing = chosen;
  state.send("typed", { name: chosen, value, iteration: state.at });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupNeurons), before = state.net, net = unpack(data), { look } = net;
  net.place = Object.fromEntries(net.names.map((name, i) => [name, i]));
  net.count = net.values.length / net.names.length;
  net.ids = [...new Set(net.rows.map(([id]) => id))];
  [state.net, state.send] = [net, setTriggerValue];
  if (before?.key !== net.key) run(state, false);
  const next = before?.key !== net.key && state.typing && state.kept !== state.typing && state.kept; // chosen while the number was on its way
  state.typing = null;
  if (before?.key !== net.key || JSON.stringify(look) !== state.told) Object.assign(state, { at: look.iteration, stage: look.stage, chosen: look.chosen, kept: look.chosen, told: JSON.stringify(look) });
  if (next) choose(state, next);
  state.el.graph.setAttribute("aria-label", "The network. Arrow keys go from number to number, Enter types one.");
  state.el.losses.setAttribute("aria-label", "The loss, iteration by iteration. Arrow keys go from one to the next.");
  if (asked(net)) Object.assign(state, { at: look.iteration, stage: Math.min(state.stage, net.until) }), run(state, false);
  draw(state);
  state.el.graph.dataset.shows = net.shows;
}
