/** @file What is drawn around and over the curves of a chart. */

/** @typedef {import('uplot')} Plot */
/** @typedef {import('./decode.js').ChartData} ChartData */

const faintInk = '#59636e';

/**
 * The strip that says which task is trained, and dashed lines at the switches.
 * @param {Plot} plot
 * @param {ChartData} chart
 */
export function drawSwitches(plot, { strip, window: start }) {
  const { ctx: context, bbox } = plot;
  const unit = devicePixelRatio;
  const right = bbox.left + bbox.width;
  const at = (/** @type {number} */ x) => plot.valToPos(x, 'x', true);
  context.save();
  context.beginPath();
  context.rect(bbox.left, 0, bbox.width, bbox.top + bbox.height);
  context.clip();
  context.font = `${11 * unit}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  for (const { label, color, from, to } of strip) {
    const [left, end] = [Math.max(at(from), bbox.left), Math.min(at(to), right)];
    if (end <= left) continue;
    context.fillStyle = color;
    context.fillRect(left, bbox.top - 6 * unit, end - left, 4 * unit);
    context.fillStyle = '#1f2328';
    if (context.measureText(label).width < end - left) context.fillText(label, (left + end) / 2, bbox.top - 7 * unit);
  }
  context.strokeStyle = faintInk;
  context.lineWidth = unit;
  context.setLineDash([3 * unit, 3 * unit]);
  for (const x of start ? [0] : strip.slice(1).map(({ from }) => from)) {
    context.beginPath();
    context.moveTo(at(x), bbox.top);
    context.lineTo(at(x), bbox.top + bbox.height);
    context.stroke();
  }
  context.restore();
}

/**
 * Dots with what they stand for.
 * @param {Plot} plot
 * @param {ChartData} chart
 */
export function drawDots(plot, { dots }) {
  const { ctx: context, bbox } = plot;
  const unit = devicePixelRatio;
  context.save();
  context.font = `${11 * unit}px system-ui, sans-serif`;
  context.textAlign = 'left';
  context.textBaseline = 'bottom';
  for (const { x, y, text } of dots) {
    const [left, top] = [plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true)];
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    context.fillStyle = '#d55e00';
    context.beginPath();
    context.arc(left, top, 4 * unit, 0, 2 * Math.PI);
    context.fill();
    const { width } = context.measureText(text);
    const start = Math.max(bbox.left, Math.min(left + 7 * unit, bbox.left + bbox.width - width - 4 * unit));
    context.fillStyle = '#ffffffcc';
    context.fillRect(start - 2 * unit, top - 21 * unit, width + 4 * unit, 15 * unit);
    context.fillStyle = '#1f2328';
    context.fillText(text, start, top - 7 * unit);
  }
  context.restore();
}
