// Small pictures in rows, each with a line of words below it.
function setupAlbum(root) {
  const canvas = make("canvas", { className: "album", role: "img" }), box = make("div", {}, canvas);
  root.append(make("div", { className: "torch" }, box));
  const state = { canvas, box };
  new ResizeObserver(() => state.album && state.width !== box.clientWidth && drawAlbum(state)).observe(box);
  return state;
}

function drawAlbum(state) {
  const { canvas, box, album } = state, { size, captions } = album, pitch = size + 6;
  state.width = box.clientWidth;
  const across = Math.max(1, Math.floor((state.width + 6) / pitch)), rows = Math.ceil(captions.length / across), tall = size + 24;
  const pen = sized(canvas, Math.min(across, captions.length) * pitch, rows * tall), style = getComputedStyle(canvas);
  [pen.fillStyle, pen.textAlign] = [style.color, "center"];
  captions.forEach(({ words, strong }, i) => {
    const [left, top] = [(i % across) * pitch, Math.floor(i / across) * tall];
    pen.drawImage(paint(album.pixels, i * 784, 28, 28, { scale: "grey", low: 0, high: 255 }), left, top, size, size);
    pen.font = `${strong ? "700 " : ""}11px ${style.fontFamily}`;
    pen.fillText(words, left + size / 2, top + size + 14, pitch);
  });
  canvas.setAttribute("aria-label", `${album.title}: ${captions.map((one) => one.words).join(", ")}`);
}

export default function ({ data, parentElement }) {
  const state = stateOf(parentElement, setupAlbum);
  state.album = unpack(data);
  drawAlbum(state);
  state.canvas.dataset.shows = state.album.shows;
}
