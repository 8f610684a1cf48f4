import type UPlot from 'uplot';
import { switchesOf, type Shown } from './state.ts';

/** The page loads uPlot before this. */
declare const uPlot: typeof UPlot;

export interface Chart {
  show(shown: Shown): void;
  setVisible(task: number, visible: boolean): void;
  /** Back to all updates after a zoom. */
  showAll(): void;
  /** Moves the cursor over rows; positive is later. */
  move(rows: number): void;
}

const colours = 7;
const dashes = [[], [8, 4], [2, 3]];

/** The look of a task's line: seven colours, then the same with dashes. */
export function lineOf(task: number): { readonly colour: string; readonly dash: readonly number[] } {
  return {
    colour: `--task-${task % colours}`,
    dash: dashes[Math.floor(task / colours) % dashes.length],
  };
}

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * The curves of a run. All rows are drawn: uPlot keeps the lowest and the highest value of each pixel.
 * @param onCursor told of the row under the cursor, null if there is none
 * @param onZoom told whether only some updates are shown
 */
export function createChart(
  container: HTMLElement,
  onCursor: (row: number | null) => void,
  onZoom: (zoomed: boolean) => void,
): Chart {
  let plot: UPlot | null = null;
  let shown: Shown | null = null;
  let hidden = new Set<number>();
  let zoomed = false;

  const sizeOf = () => ({
    width: Math.max(200, container.clientWidth - 8),
    height: Math.round(Math.min(380, Math.max(240, window.innerHeight * 0.45))),
  });

  const dataOf = ({ steps, values }: Shown): UPlot.AlignedData => [steps, ...values];

  const build = (): void => {
    plot?.destroy();
    plot = null;
    if (!shown) return;
    const font = '12px system-ui, sans-serif';
    const axis: UPlot.Axis = {
      stroke: css('--ink'),
      grid: { stroke: css('--line'), width: 1 },
      ticks: { stroke: css('--line') },
      font,
      labelFont: font,
    };
    plot = new uPlot(
      {
        ...sizeOf(),
        padding: [22, 16, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: true, y: false }, points: { size: 7 } },
        scales: { x: { time: false }, y: { range: [0, 1.01] } },
        axes: [
          { ...axis, label: 'update', labelSize: 22, size: 32 },
          { ...axis, label: 'accuracy', labelSize: 22, size: 44, space: 45 },
        ],
        series: [
          {},
          ...shown.tasks.map((label, task): UPlot.Series => {
            const { colour, dash } = lineOf(task);
            return {
              label,
              stroke: css(colour),
              dash: [...dash],
              width: 1.5,
              show: !hidden.has(task),
              points: { show: false },
              spanGaps: true,
            };
          }),
        ],
        hooks: {
          drawClear: [drawSwitches],
          setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
          setScale: [noteZoom],
        },
      },
      dataOf(shown),
      container,
    );
  };

  const noteZoom = ({ scales, data }: UPlot, key: string): void => {
    if (key !== 'x') return;
    const steps = data[0];
    const { min, max } = scales.x;
    const now = steps.length > 1 && (Number(min) > steps[0] || Number(max) < steps[steps.length - 1]);
    if (now !== zoomed) onZoom((zoomed = now));
  };

  function drawSwitches(u: UPlot): void {
    if (!shown) return;
    const { ctx, bbox } = u;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = css('--muted');
    ctx.fillStyle = css('--muted');
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 4 * ratio]);
    ctx.font = `${12 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    const marks = switchesOf(shown).map(({ step, name }) => ({ x: u.valToPos(step, 'x', true), name }));
    for (const [i, { x, name }] of marks.entries()) {
      const end = Math.min(marks[i + 1]?.x ?? Infinity, bbox.left + bbox.width);
      const from = Math.max(x, bbox.left);
      // Training starts at the axis.
      if (i > 0 && x >= bbox.left && x <= bbox.left + bbox.width) {
        ctx.beginPath();
        ctx.moveTo(x, bbox.top - 16 * ratio);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
      // A name that has no room is left out; the table and the readout tell it.
      if (end > from && ctx.measureText(name).width + 8 * ratio < end - from)
        ctx.fillText(name, from + 4 * ratio, bbox.top - 6 * ratio);
    }
    ctx.restore();
  }

  new ResizeObserver(() => plot?.setSize(sizeOf())).observe(container);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', build);

  return {
    show(next) {
      const before = shown;
      shown = next;
      const same = before?.run === next.run && before.tasks.join('\n') === next.tasks.join('\n');
      if (!same) {
        [hidden, zoomed] = [new Set(), false];
        onZoom(false);
        build();
      } else plot?.setData(dataOf(next), !zoomed);
      if (same && zoomed) plot?.redraw();
    },
    setVisible(task, visible) {
      if (visible) hidden.delete(task);
      else hidden.add(task);
      plot?.setSeries(task + 1, { show: visible });
    },
    showAll() {
      if (shown) plot?.setData(dataOf(shown), true);
    },
    move(rows) {
      if (!plot || !shown) return;
      const last = shown.steps.length - 1;
      const row = Math.max(0, Math.min(last, (plot.cursor.idx ?? last) + rows));
      plot.setCursor({ left: plot.valToPos(shown.steps[row], 'x'), top: 10 });
    },
  };
}
