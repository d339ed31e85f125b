// What browsers have and jsdom lacks, needed as soon as @grafana/ui is imported.
const { TextDecoder, TextEncoder } = require('node:util');

class Unobserving {
  observe() {}
  unobserve() {}
  disconnect() {}
}

Object.assign(globalThis, {
  TextDecoder,
  TextEncoder,
  IntersectionObserver: Unobserving,
  ResizeObserver: Unobserving,
  matchMedia: () => ({ matches: false, addEventListener() {}, removeEventListener() {} }),
});

// jsdom draws nothing, yet texts are measured on a canvas.
HTMLCanvasElement.prototype.getContext = () => ({ measureText: (text) => ({ width: text.length * 8 }) });
