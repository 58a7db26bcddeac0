// The frame that says which part of a large map or photo is taken apart.

async function overviewPicture({ overview, overviewValues }) {
  if (overview.kind === "photo") return pictureOf(overviewValues);
  return paint(overviewValues, 0, overview.columns, overview.rows, { scale: overview.scale, low: 0, high: 255 });
}

function listenToFrame(state) {
  const canvas = state.el.overviewOver;
  canvas.onpointerdown = (event) => (canvas.setPointerCapture(event.pointerId), dragFrame(state, pointer(canvas, event)));
  canvas.onpointermove = (event) => canvas.hasPointerCapture(event.pointerId) && dragFrame(state, pointer(canvas, event));
  canvas.onpointerup = () => dropFrame(state);
  canvas.onkeydown = (event) => {
    const move = ARROWS[event.key];
    if (!move) return;
    event.preventDefault();
    const [left, top, right, bottom] = state.scene.overview.frame, [width, height] = state.overviewSize;
    dragFrame(state, [((left + right) / 2 + (move[1] * (right - left)) / 4) * width, ((top + bottom) / 2 + (move[0] * (bottom - top)) / 4) * height]);
    clearTimeout(state.dropping);
    state.dropping = setTimeout(() => dropFrame(state), 300);
  };
}

// The frame with its middle at a point, kept inside.
function dragFrame(state, [x, y]) {
  const { overview } = state.scene, [left, top, right, bottom] = overview.frame, [width, height] = state.overviewSize;
  const [w, h] = [right - left, bottom - top];
  const [l, t] = [Math.min(Math.max(x / width - w / 2, 0), 1 - w), Math.min(Math.max(y / height - h / 2, 0), 1 - h)];
  overview.frame = [l, t, l + w, t + h];
  drawFrame(state, overview.frame);
}

function dropFrame(state) {
  const [left, top, right, bottom] = state.scene.overview.frame;
  state.send("frame", { x: (left + right) / 2, y: (top + bottom) / 2 });
}
