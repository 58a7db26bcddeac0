// Brings what stays as it is while visitors move about: the weights of the decoders, and where the test digits stand.
// It comes in a message of its own, so that the browser gets it once.
export default function ({ data, parentElement }) {
  const told = stateOf(parentElement, (root) => root.appendChild(make("div", { className: "torch told" }))), sent = unpack(data);
  if (!landscapes()[sent.name]) {
    const decoders = sent.decoders.map((shapes, i) => layersFrom(shapes, halves(sent[`weights${i}`])));
    landscapes()[sent.name] = { decoders, points: sent.maps.map((_, i) => halves(sent[`points${i}`])), labels: sent.labels };
  }
  told.textContent = sent.told;
  window.dispatchEvent(new Event(ARRIVED));
}
