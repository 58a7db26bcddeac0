// The space of codes: a place on a map (or bars, where the code has more numbers) and what the decoder draws there, at
// once, since it is computed here; a walk between two places. Python hears of it when the visitor pauses.
const STRIP = 46; // CSS pixels of a picture of the walk
const PICTURE = 224;

function setupLatent(root) {
  const canvas = (name, role) => make("canvas", { className: name, tabIndex: role === "img" ? -1 : 0, role });
  const text = (name) => make("p", { className: name });
  const el = {
    map: canvas("map", "application"), bars: canvas("bars", "application"), picture: canvas("picture", "img"), told: text("readout"),
    otherMap: canvas("map other", "application"), otherPicture: canvas("picture", "img"), otherTold: text("readout"), otherKey: text("key"),
    mapTitle: make("h2"), key: text("key"), legend: make("span", { className: "legend" }), grey: make("span", { className: "legend" }),
    setA: make("button", { textContent: "A here", title: "The walk begins at the frame" }), setB: make("button", { textContent: "B here", title: "The walk ends at the frame" }),
    play: make("button", { className: "go", textContent: "▶ Walk" }), share: make("input", { type: "range", min: 0, max: 100, ariaLabel: "Way from A to B, in percent" }),
    shareTold: make("span", { className: "share" }), strip: canvas("strip", "application"), story: text("story"),
    save: make("button", { textContent: "Save picture", title: "Download the map as PNG" }), said: make("div", { className: "said" }),
  };
  el.said.setAttribute("aria-live", "polite");
  el.here = make("section", { className: "here" }, make("h2", { textContent: "The decoder draws" }), el.picture, el.grey, el.told, make("div", { className: "row" }, el.setA, el.setB, el.save));
  el.other = make("section", { className: "pca" }, make("h2", { textContent: "PCA: two numbers without a network" }), make("div", { className: "pair" }, el.otherMap, make("div", {}, el.otherPicture, el.otherTold)), el.otherKey);
  el.place = make("section", { className: "place" }, el.mapTitle, el.map, el.bars, el.legend, el.key);
  el.walk = make("section", { className: "walk" }, make("div", { className: "row" }, el.play, el.share, el.shareTold), el.strip, el.story);
  el.box = make("div", { className: "latent" }, el.place, el.here, el.other, el.walk);
  root.append(make("div", { className: "torch" }, el.box, el.said));
  const state = { el, root, say: announcer(el.said), pictures: 0, layers: new Map() };
  state.point = everyFrame(() => draw(state));
  listen(state, root.querySelector(".torch"));
  return state;
}

function listen(state, torch) {
  const { el } = state;
  listenMap(state, el.map, 0);
  listenMap(state, el.otherMap, 1);
  listenBars(state);
  listenWalk(state);
  el.save.onclick = () => savePicture(state.sent.kind === "map" ? el.map : el.bars, "latent-space");
  window.addEventListener(ARRIVED, () => el.box.isConnected && state.sent && state.point());
  new ResizeObserver(() => state.sent && state.width !== torch.clientWidth && ((state.width = torch.clientWidth), state.point())).observe(torch);
}

// ---- where the visitor is ---------------------------------------------------------------------

// The frame goes to a code. `other` is a place of its own on PCA's map; without one PCA shows the test digit that is
// nearest to the frame, and does so again as soon as the frame moves.
function goTo(state, code, which = 0) {
  if (which) state.other = code;
  else Object.assign(state, { code, other: null });
  state.point();
  tellServer(state);
}

// Where the visitor is, as the link has it.
const lookOf = ({ at, other, share, ends }) => ({ code: rounded(at), other: other && rounded(other), share: Math.round(share), ends: ends.map((end) => (end.moved ? rounded(end.code) : null)) });
const rounded = (code) => Array.from(code, (value) => Number(value.toFixed(3)));

// The server hears of it when the visitor lets go or pauses, so that the link and what LeNet says follow.
function tellServer(state, after = 300) {
  clearTimeout(state.telling);
  if (state.walking || state.dragging) return;
  state.telling = setTimeout(() => {
    const look = lookOf({ ...state, at: state.code });
    if (JSON.stringify(look) === state.told) return;
    Object.assign(state, { told: JSON.stringify(look), before: state.told, toldAt: Date.now() });
    state.send("look", look);
  }, after);
}

// ---- drawing ----------------------------------------------------------------------------------

function draw(state) {
  const { el, sent } = state, land = (state.land = landscapes()[sent.name]), isMap = sent.kind === "map";
  state.style = getComputedStyle(el.box);
  [el.map.hidden, el.bars.hidden, el.other.hidden] = [!isMap, isMap, !isMap];
  el.box.classList.toggle("wide", !isMap);
  el.mapTitle.textContent = sent.title;
  [el.setA.hidden, el.setB.hidden] = [!isMap, !isMap];
  if (!land) return void (el.told.textContent = "The decoder is on its way.");
  if (isMap) state.near = nearest(land.points[0], state.code), paintMap(state, el.map, 0), paintMap(state, el.otherMap, 1);
  else paintBars(state);
  paintLegend(state);
  paintPicture(state, el.picture, decode(land.decoders[0], Float32Array.from(state.code)), Math.min(PICTURE, el.here.clientWidth));
  if (isMap) paintPicture(state, el.otherPicture, decode(land.decoders[1], Float32Array.from(state.other ?? twin(state, 1))), 112);
  el.picture.dataset.pictures = ++state.pictures;
  legend(el.grey, { scale: "grey", low: 0, high: 1 }, "pixels");
  paintWalk(state);
  tellPlace(state);
  el.box.dataset.shows = sent.shows;
}

function paintPicture(state, canvas, pixels, side) {
  const pen = sized(canvas, side, side);
  pen.drawImage(paint(pixels, 0, 28, 28, { scale: "grey", low: 0, high: 1 }), 0, 0, side, side);
}

function paintLegend(state) {
  const { el, sent } = state;
  const spread = sent.cloud ? " with one and two standard deviations" : "";
  const hand = !sent.hand ? "" : sent.kind === "map" ? ` · + ${sent.whose}${spread}` : `─ ${sent.whose}${sent.cloud ? ", ± one standard deviation" : ""} · `;
  el.key.textContent = sent.kind === "map" ? `□ you · A, B ends of the walk: drag them by the letter · ○ the test digit nearest to you${hand}` : `${hand}□ the unit that keys move`;
  el.otherKey.textContent = state.other ? "□ your place here, until you move on the other map · ○ the same test digit" : "○ the same test digit · drag here to look around";
  el.legend.hidden = sent.kind !== "map" || sent.ground !== "sure";
  if (!el.legend.hidden) legend(el.legend, { scale: "magnitude", low: 0, high: 1 }, "LeNet's probability for what is drawn there; × is a hole: no test digit is near");
}

// ---- in words ---------------------------------------------------------------------------------

const aDigit = (digit) => `a${digit === 8 ? "n" : ""} ${digit}`;
const codeWords = (code) => `(${Array.from(code, (value) => number(Number(value.toFixed(2)))).join(", ")})`;

function tellPlace(state) {
  const { el, sent, land } = state, settled = JSON.stringify(rounded(state.code)) === JSON.stringify(sent.at);
  const reads = settled ? sent.reading : state.dragging ? "LeNet reads it when you let go." : "LeNet reads it when you pause.";
  const words = [];
  if (sent.kind === "map") {
    words.push(sent.asked ? "Code hidden: answer the question first." : `Code ${codeWords(state.code)}.`, nearWords(land, state.near));
    tellPca(state);
  } else words.push(sent.asked && state.unit === 0 ? "Unit 1 hidden: answer the question first." : `Unit ${state.unit + 1} of ${state.code.length}: ${number(Number(state.code[state.unit].toFixed(2)))}.`);
  const line = [...words, reads].join(" ");
  el.told.textContent = line;
  el.picture.setAttribute("aria-label", `What the decoder draws. ${line}`);
  state.say(line);
}

const nearWords = ({ labels }, [near, far]) => `The nearest of ${labels.length.toLocaleString("en")} test digits is ${aDigit(labels[near])}, ${number(Number(far.toFixed(2)))} away.`;

function tellPca({ el, land, near, other }) {
  const code = other ?? twin({ land, near }, 1), same = `The same test digit, ${aDigit(land.labels[near[0]])}, in PCA's two numbers: ${codeWords(code)}.`;
  el.otherTold.textContent = other ? `PCA's code ${codeWords(code)}. ${nearWords(land, nearest(land.points[1], other))}` : same;
  el.otherPicture.setAttribute("aria-label", `What PCA makes of ${codeWords(code)}`);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const state = stateOf(parentElement, setupLatent), sent = unpack(data), key = `${sent.name}/${sent.kind}`;
  const look = JSON.stringify(lookOf(sent)), late = look === state.before && Date.now() - state.toldAt < 1500; // an answer to what was told before
  if (state.key !== key || (look !== state.told && !late && !state.dragging)) {
    walkOn(state, false);
    clearTimeout(state.telling);
    Object.assign(state, { key, code: sent.at, other: sent.other, share: sent.share, unit: state.key === key ? state.unit : 0, told: look });
    state.ends = sent.ends.map((end) => ({ ...end }));
  } else state.ends = sent.ends.map((end, i) => ({ ...end, ...(state.grabbed === i ? state.ends[i] : {}) }));
  [state.sent, state.send] = [sent, setTriggerValue];
  state.unit = within(state.unit ?? 0, sent.at.length);
  draw(state);
}
