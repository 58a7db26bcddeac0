// A row of pictures to choose from: the visitor's own first, then the built-in ones.
function setupFilmstrip(root) {
  const list = make("div", { className: "film" });
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Pictures to choose from");
  root.append(make("div", { className: "torch" }, list));
  return { list, shown: "" };
}

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const strip = unpack(data), state = stateOf(parentElement, setupFilmstrip), { list } = state;
  state.choose = (id) => setTriggerValue("pick", { id });
  state.remove = (id) => setTriggerValue("drop", { id });
  const ids = strip.items.map((item) => item.id).join();
  if (ids !== state.shown) {
    state.shown = ids;
    list.replaceChildren(...strip.items.map((item, at) => tile(state, item, at)));
    pictureOf(strip.sprite).then((sprite) => {
      for (const [at, canvas] of [...list.querySelectorAll("canvas")].entries())
        canvas.getContext("2d").drawImage(sprite, at * strip.side, 0, strip.side, strip.side, 0, 0, canvas.width, canvas.height);
    });
    // what the browser remembers, so that a restarted server can say that the photos are gone
    const own = strip.items.filter((item) => item.own).length;
    if (own !== state.own) setStateValue("held", (state.own = own));
  }
  for (const button of list.querySelectorAll("button.tile")) button.setAttribute("aria-pressed", button.value === strip.selected);
  if (state.selected !== strip.selected) {
    state.selected = strip.selected;
    const chosen = list.querySelector('[aria-pressed="true"]');
    if (chosen) list.scrollLeft = chosen.parentElement.offsetLeft - list.clientWidth / 2;
  }
}

function tile(state, item, at) {
  const canvas = make("canvas", { width: 96, height: 96 });
  const button = make("button", { className: "tile", value: item.id, title: item.title, onclick: () => state.choose(item.id) }, canvas);
  button.setAttribute("aria-label", item.title);
  const cell = make("span", { className: "cell" }, button);
  if (item.own) {
    const cross = make("button", { className: "cross", textContent: "×", title: `Remove ${item.title}`, onclick: () => state.remove(item.id) });
    cross.setAttribute("aria-label", `Remove ${item.title}`);
    cell.append(cross);
  }
  return cell;
}
