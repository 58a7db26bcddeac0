// A decoder, computed in the browser: fully connected layers with ReLU and sigmoid. Its weights come once, as they are
// stored, with 16 bits each; the component latent_decoder keeps them for the others of the page.

// IEEE 754 half precision: a sign, 5 bits of exponent, 10 bits of fraction. Weights are finite.
function halves(bytes) {
  const bits = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), numbers = new Float32Array(bits.length);
  const powers = Array.from({ length: 32 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 15));
  for (let i = 0; i < bits.length; i++) {
    const exponent = (bits[i] >> 10) & 31, fraction = (bits[i] & 1023) / 1024;
    numbers[i] = (bits[i] & 0x8000 ? -1 : 1) * powers[exponent] * (exponent ? 1 + fraction : fraction);
  }
  return numbers;
}

const ACTIVATIONS = { ReLU: (x) => Math.max(x, 0), sigmoid: (x) => 1 / (1 + Math.exp(-x)), none: (x) => x };

// Layers of { inputs, outputs, activation } take their weights, unit by unit, and their biases from a row of numbers.
function layersFrom(shapes, numbers) {
  let at = 0;
  const take = (count) => numbers.subarray(at, (at += count));
  return shapes.map(({ inputs, outputs, activation }) => ({ weights: take(inputs * outputs), bias: take(outputs), activate: ACTIVATIONS[activation] }));
}

// What a layer gives: for each unit, the activation of bias + sum of weight x input.
function dense({ weights, bias, activate }, inputs) {
  return bias.map((sum, unit) => {
    for (let i = 0, at = unit * inputs.length; i < inputs.length; i++) sum += weights[at + i] * inputs[i];
    return activate(sum);
  });
}

// Code -> 784 pixels from 0 to 1.
const decode = (layers, code) => layers.reduce((inputs, layer) => dense(layer, inputs), code).map((value) => Math.min(Math.max(value, 0), 1));

// What has arrived, by the name of the autoencoder: { decoders, points, labels }.
const ARRIVED = "torchlight-decoder";
const landscapes = () => (window.torchlightLandscapes ||= {});
