/** @file What stands under a chart: a button for each task that hides it, with its value where the pointer is. */

/** @typedef {import('./decode.js').Aligned} Aligned */

/**
 * @param {import('./decode.js').ChartData} chart
 * @param {(part: number, shown: boolean) => void} toggle
 */
export function createLegend({ parts }, toggle) {
  const root = element('div', 'legend');
  const values = parts.map(({ label, color }, part) => {
    const button = element('button', 'key');
    const swatch = element('i', 'swatch');
    const value = element('span', 'value');
    swatch.style.background = color;
    button.setAttribute('type', 'button');
    button.setAttribute('aria-pressed', 'true');
    button.append(swatch, element('span', 'name', label), value);
    button.addEventListener('click', () => {
      const shown = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(shown));
      toggle(part, shown);
    });
    root.append(button);
    return value;
  });
  /**
   * @param {readonly Aligned[]} lines
   * @param {number} row
   */
  const show = (lines, row) =>
    values.forEach((value, part) => {
      value.textContent = valuesAt(
        lines.filter((line) => line.part === part),
        row,
      );
    });
  return { root, show };
}

/**
 * `0.912 (0.905–0.921)` for a mean in its band, the lowest to the highest of several lines.
 * @param {readonly Aligned[]} lines
 * @param {number} row
 */
function valuesAt(lines, row) {
  const own = lines.flatMap(({ y }) => y[row] ?? []);
  if (own.length === 0) return '–';
  const [low, high] = [Math.min(...own), Math.max(...own)];
  if (lines.length > 1) return low === high ? low.toFixed(3) : `${low.toFixed(3)}–${high.toFixed(3)}`;
  const band = [lines[0].low?.[row], lines[0].high?.[row]];
  const [from, to] = band;
  return typeof from === 'number' && typeof to === 'number' && to - from >= 0.0005
    ? `${low.toFixed(3)} (${from.toFixed(3)}–${to.toFixed(3)})`
    : low.toFixed(3);
}

/**
 * @param {string} name
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function element(name, className, text = '') {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
