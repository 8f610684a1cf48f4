/** @file Curves that can be zoomed, read off and hidden, made when they come into view. */
import { alignLines, readChart } from './decode.js';
import { createLegend, element } from './legend.js';
import { drawDots, drawSwitches } from './marks.js';

/** @typedef {import('uplot')} Plot */
/** @typedef {import('uplot').Series} PlotSeries */

const { uPlot: PlotLibrary } = /** @type {{ uPlot?: typeof import('uplot') }} */ (/** @type {unknown} */ (globalThis));

const plotHeight = 250;

/** Draws each chart of the page once it is near the window. */
export function drawCharts() {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting || !(target instanceof HTMLElement)) continue;
        seen.unobserve(target);
        drawChart(target);
      }
    },
    { rootMargin: '200px' },
  );
  for (const host of document.querySelectorAll('[data-chart]')) seen.observe(host);
}

/** @param {HTMLElement} host */
function drawChart(host) {
  if (!PlotLibrary) return;
  const chart = readChart(host);
  const { xs, lines } = alignLines(chart);
  /** @type {PlotSeries[]} */
  const series = [{}];
  /** @type {import('uplot').Band[]} */
  const bands = [];
  /** @type {import('uplot').AlignedData} */
  const data = [xs];
  /** Which part each series belongs to; that of x to none. */
  const partOf = [-1];
  for (const { part, y, low, high } of lines) {
    const { color } = chart.parts[part];
    const bare = { points: { show: false }, width: 0 };
    if (low && high) {
      bands.push({ series: [series.length, series.length + 1], fill: `${color}38` });
      series.push({ ...bare }, { ...bare });
      data.push(high, low);
      partOf.push(part, part);
    }
    series.push({
      stroke: color,
      width: low || lines.length === chart.parts.length ? 1.4 : 0.9,
      points: { show: false },
    });
    data.push(y);
    partOf.push(part);
  }
  const head = element('div', 'chart-head');
  const where = element('span', 'where');
  const reset = element('button', 'reset', 'whole range');
  reset.setAttribute('type', 'button');
  head.append(element('strong', 'title', chart.title), element('span', 'subtitle', chart.subtitle), where, reset);
  const legend = createLegend(chart, (part, shown) => {
    plot.batch(() => partOf.forEach((own, i) => own === part && plot.setSeries(i, { show: shown })));
  });
  const box = element('div', 'canvas');
  host.replaceChildren(head, box, legend.root);

  const ends = [xs[0], xs[xs.length - 1]];
  const start = chart.window ? [Math.max(ends[0], chart.window[0]), Math.min(ends[1], chart.window[1])] : ends;
  const show = (/** @type {Plot} */ { cursor: { idx } }) => {
    const row = idx ?? xs.length - 1;
    where.textContent = idx === null || idx === undefined ? '' : `${xs[row].toLocaleString('en')} ${chart.xLabel}`;
    // At rest, the last values: those of each line's own last evaluation.
    legend.show(lines, idx ?? lastRow);
  };
  const lastRow = lines.reduce(
    (row, { y }) =>
      Math.min(
        row,
        y.findLastIndex((value) => typeof value === 'number'),
      ),
    xs.length - 1,
  );
  const axis = {
    stroke: '#1f2328',
    grid: { stroke: '#e3e6ea', width: 1 },
    ticks: { stroke: '#e3e6ea', width: 1, size: 5 },
    font: '12px system-ui, sans-serif',
  };
  const beyond = chart.parts.some((part) => part.lines.some(({ y }) => typeof y !== 'string'));
  const plot = new PlotLibrary(
    {
      width: box.clientWidth,
      height: plotHeight,
      padding: [chart.strip.length > 0 ? 24 : 10, 22, 0, 0],
      series,
      bands,
      scales: { x: { time: false, range: (_, from, to) => [from, to] }, y: beyond ? {} : { range: [0, 1.02] } },
      axes: [
        { ...axis, label: chart.xLabel, labelSize: 20, labelFont: axis.font, size: 32 },
        {
          ...axis,
          size: 40,
          splits: beyond ? undefined : () => [0, 0.2, 0.4, 0.6, 0.8, 1],
          values: beyond ? undefined : (_, splits) => splits.map((value) => value.toFixed(1)),
        },
      ],
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false }, points: { show: false } },
      hooks: {
        setCursor: [show],
        drawAxes: [(own) => drawSwitches(own, chart)],
        draw: [(own) => drawDots(own, chart)],
        setScale: [
          (own) => reset.classList.toggle('on', own.scales.x.min !== start[0] || own.scales.x.max !== start[1]),
        ],
      },
    },
    data,
    box,
  );
  const whole = () => plot.setScale('x', { min: start[0], max: start[1] });
  reset.addEventListener('click', whole);
  plot.over.addEventListener('dblclick', whole);
  whole();
  show(plot);
  moveByKeys(plot, box, xs);
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: plotHeight })).observe(box);
}

/**
 * Arrows move the pointer of a chart that has the focus, a hundredth of its width each, or an evaluation where those lie further apart.
 * @param {Plot} plot
 * @param {HTMLElement} box
 * @param {readonly number[]} xs
 */
function moveByKeys(plot, box, xs) {
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'curves; arrow keys read values off, Escape ends');
  box.addEventListener('keydown', (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === 'Escape') plot.setCursor({ left: -10, top: -10 });
    if (way === undefined) return;
    event.preventDefault();
    const width = plot.over.clientWidth;
    const from = plot.cursor.left !== undefined && plot.cursor.left >= 0 ? plot.cursor.left : way > 0 ? 0 : width;
    const row = Math.max(0, Math.min(xs.length - 1, plot.posToIdx(from) + way));
    const left = Math.max(
      0,
      Math.min(width, way * Math.max(way * (from + (way * width) / 100), way * plot.valToPos(xs[row], 'x'))),
    );
    plot.setCursor({ left, top: plot.over.clientHeight / 2 });
  });
}
