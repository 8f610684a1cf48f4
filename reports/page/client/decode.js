/** @file The numbers of a chart, as the page holds them. */

/** @typedef {import('../chartData.ts').ChartData} ChartData */
/** @typedef {import('../chartData.ts').Packed} Packed */
/** @typedef {import('../chartData.ts').Stretch} Stretch */
/** @typedef {(number | null | undefined)[]} Column null breaks the line; undefined is only not there */
/** @typedef {{ part: number, y: Column, low: Column | null, high: Column | null }} Aligned */

/**
 * The data that an element's `data-chart` names.
 * @param {HTMLElement} host
 * @returns {ChartData}
 */
export function readChart(host) {
  return JSON.parse(document.getElementById(host.dataset.chart ?? '')?.textContent ?? '');
}

/**
 * All lines of a chart over one column of x, as a chart needs them. An x that a line has twice has two rows.
 * @param {ChartData} chart
 * @returns {{ xs: number[], lines: Aligned[] }}
 */
export function alignLines({ parts }) {
  const lines = parts.flatMap(({ lines: own }, part) =>
    own.map((line) => ({
      part,
      x: spread(line.x),
      y: unpack(line.y),
      low: line.low === undefined ? null : unpack(line.low),
      high: line.high === undefined ? null : unpack(line.high),
    })),
  );
  /** @type {number[]} */
  const xs = [];
  const next = lines.map(() => 0);
  /** @type {Aligned[]} */
  const aligned = lines.map(({ part, low, high }) => ({ part, y: [], low: low && [], high: high && [] }));
  for (;;) {
    const x = lines.reduce((least, line, i) => (line.x[next[i]] < least ? line.x[next[i]] : least), Infinity);
    if (x === Infinity) return { xs, lines: aligned };
    lines.forEach((line, i) => {
      const has = line.x[next[i]] === x;
      aligned[i].y.push(has ? line.y[next[i]] : undefined);
      aligned[i].low?.push(has ? line.low?.[next[i]] : undefined);
      aligned[i].high?.push(has ? line.high?.[next[i]] : undefined);
      if (has) next[i]++;
    });
    xs.push(x);
  }
}

/**
 * @param {readonly Stretch[]} stretches
 * @returns {number[]}
 */
function spread(stretches) {
  return stretches.flatMap(([from, by, count]) => Array.from({ length: count }, (_, i) => from + i * by));
}

/**
 * @param {Packed} packed
 * @returns {(number | null)[]}
 */
function unpack(packed) {
  if (typeof packed === 'string')
    return Array.from(new Uint16Array(bytes(packed)), (value) => (value === 65535 ? null : value / 65534));
  return Array.from(new Float32Array(bytes(packed.f32)), (value) => (Number.isNaN(value) ? null : value));
}

/** @param {string} base64 */
function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
}
