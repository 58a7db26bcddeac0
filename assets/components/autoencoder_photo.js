// A whole photo in tiles: the one that is pointed at is framed, enlarged, and its code shown.

// Encoded pictures onto canvases of their own, which a moved tile is drawn into.
function takePhoto(state, shown, then) {
  Promise.all([pictureOf(shown.photo), pictureOf(shown.rebuilt)]).then((pictures) => {
    if (state.shown !== shown) return; // another one came in the meantime
    [state.photo, state.rebuilt] = pictures.map((picture) => {
      const canvas = make("canvas", { width: picture.width, height: picture.height });
      canvas.getContext("2d").drawImage(picture, 0, 0);
      return canvas;
    });
    state.errors = paint(shown.error, 0, shown.columns, shown.rows, { scale: "magnitude", low: 0, high: 255 });
    then();
  });
}

// What a tile has become while it is dragged, put into the rebuilt photo and the error map.
function takePatch(state, { patch: [left, top, width, height], patchPixels, patchError }) {
  const picture = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) picture.data.set([patchPixels[3 * i], patchPixels[3 * i + 1], patchPixels[3 * i + 2], 255], 4 * i);
  state.rebuilt.getContext("2d").putImageData(picture, left, top);
  const errors = paint(patchError, 0, width, height, { scale: "magnitude", low: 0, high: 255 });
  state.errors.getContext("2d").drawImage(errors, left, top);
}

const boxOf = ({ shown }, tile) => {
  const { across, stride, side } = shown.grid, [top, left] = [Math.floor(tile / across) * stride, (tile % across) * stride];
  return [left, top, Math.min(side, shown.columns - left), Math.min(side, shown.rows - top)];
};

function paintPhotos(state, width) {
  const { el, shown } = state, high = (width * shown.rows) / shown.columns, scale = width / shown.columns;
  for (const [name, picture] of [["input", state.photo], ["output", state.rebuilt], ["error", state.errors]]) {
    const pen = sized(el[name], width, high), [x, y, w, h] = boxOf(state, state.tile);
    pen.imageSmoothingEnabled = name !== "error";
    pen.drawImage(picture, 0, 0, width, high);
    outline(pen, x * scale, y * scale, w * scale, h * scale, !editing(state));
    const near = sized(el[`${name}Near`], 96, 96);
    near.drawImage(picture, x, y, w, h, 0, 0, 96, 96);
  }
  const { across } = shown.grid, tile = state.tile, where = `Tile in row ${Math.floor(tile / across)}, column ${tile % across}`;
  el.tile.textContent = `${where}: MSE ${number(shown.tileErrors[tile])}. ${editing(state) ? "Point at another one; click to keep it." : "Click to keep it."}`;
}

function listenPhotos(state) {
  const tileAt = (canvas, event) => {
    const { grid, rows, columns } = state.shown, [x, y] = pointer(canvas, event), half = grid.side / 2;
    const at = (share, length, count) => within(Math.round((share * length - half) / grid.stride), count);
    return at(y / canvas.clientHeight, rows, grid.down) * grid.across + at(x / canvas.clientWidth, columns, grid.across);
  };
  for (const name of ["input", "output", "error"]) {
    const canvas = state.el[name];
    state.photoEvents ||= {};
    state.photoEvents[name] = {
      move: (event) => event.pointerType === "mouse" && lookAtTile(state, tileAt(canvas, event)),
      leave: () => lookAtTile(state, state.shown.tile.index),
      click: (event) => chooseTile(state, tileAt(canvas, event)),
      key: (event) => {
        const move = ARROWS[event.key], { across, down } = state.shown.grid;
        if (event.key === "Enter") return event.preventDefault(), chooseTile(state, state.tile);
        if (!move) return;
        event.preventDefault();
        const [row, column] = [Math.floor(state.tile / across) + move[0], (state.tile % across) + move[1]];
        lookAtTile(state, within(row, down) * across + within(column, across));
        state.say(state.el.tile.textContent);
      },
    };
  }
}

function lookAtTile(state, tile) {
  if (tile === state.tile) return;
  state.tile = tile;
  state.point();
}

function chooseTile(state, tile) {
  lookAtTile(state, tile);
  if (tile !== state.shown.tile.index) ask(state, "tile", { index: tile });
}
