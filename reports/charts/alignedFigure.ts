import { inWords } from '../format.ts';
import type { AlignedPanel, AlignedWindow } from './alignedPanels.ts';
import { dot, label, line } from './marks.ts';
import type { Figure } from './svg.ts';
import { axis, mutedInk, px, taskColors, warning } from './theme.ts';
import { thinned } from './thin.ts';
import { drawTitle } from './title.ts';

/** Stretches of the axis of which the least and the greatest value can be told apart: about one a CSS pixel. */
const columns = 500;

/** All switches of one method at 0: every old task around them, in its own colour, and the deepest fall. */
export function alignedFigure(
  { title, subtitle, traces, lowest }: AlignedPanel,
  window: AlignedWindow,
  tasks: number,
): Figure {
  const colors = taskColors(tasks);
  return {
    width: 560,
    height: 300,
    padding: { top: 26, right: 10 },
    datasets: traces.map(({ task, points }) => ({
      data: [
        ...thinned(
          points.filter(({ x }) => x >= -window.before && x <= window.after),
          (window.before + window.after) / columns,
        ),
      ],
      pointRadius: 0,
      borderWidth: px(1.1),
      borderColor: colors[task],
    })),
    scales: { x: axis('updates since the switch', -window.before, window.after), y: axis('accuracy', 0, 1, 0.2) },
    underlay: (context, chart) => {
      const at = chart.scales.x.getPixelForValue(0);
      line(context, [at, chart.chartArea.top], [at, chart.chartArea.bottom], mutedInk);
    },
    overlay: (context, chart) => {
      drawTitle(context, title, subtitle);
      if (!lowest || lowest.at.x > window.after) return;
      const { left, right, top } = chart.chartArea;
      const place = [
        chart.scales.x.getPixelForValue(lowest.at.x),
        chart.scales.y.getPixelForValue(lowest.at.y),
      ] as const;
      dot(context, place, warning);
      const words = `${inWords(lowest.reference)} to ${inWords(lowest.at.y)} in ${lowest.at.x}`;
      label(context, words, place[0], Math.max(top, place[1] - px(20)), [left, right]);
    },
  };
}
