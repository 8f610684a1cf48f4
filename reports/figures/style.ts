/** How a figure looks. Lengths are points. */
export interface FigureStyle {
  readonly name: 'paper' | 'screen';
  /** Size of every text but headings; none is smaller. */
  readonly text: number;
  readonly heading: number;
  /** Width of curves. */
  readonly line: number;
  /** Width of axes, ticks and other thin lines; none is thinner. */
  readonly hair: number;
  readonly dot: number;
  readonly grid: boolean;
  /** Width of a figure where none is asked for. */
  readonly width: number;
}

/** `paper` for print in a column, `screen` for slides. */
export const figureStyles: { readonly [S in FigureStyle['name']]: FigureStyle } = {
  paper: { name: 'paper', text: 7, heading: 7.5, line: 0.8, hair: 0.5, dot: 1.6, grid: false, width: 3.25 * 72 },
  screen: { name: 'screen', text: 10, heading: 11, line: 1.4, hair: 0.75, dot: 2.4, grid: true, width: 6.5 * 72 },
};
