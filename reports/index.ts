export { analysisPage } from './analysis/page.ts';
export { analysisText } from './analysis/text.ts';
export { writeAnalysisReport } from './analysis/write.ts';
export { figures, type FigureName, type FigureOptions } from './figures/figures.ts';
export { readLength } from './figures/length.ts';
export { figureFormats, renderSheet, type FigureFormat } from './figures/render.ts';
export type { Sheet } from './figures/sheet.ts';
export { figureStyles, type FigureStyle } from './figures/style.ts';
export { writeFigures, type WriteFiguresOptions, type WrittenFigures } from './figures/write.ts';
export { renderReport, writeReport } from './report.ts';
export { csvTable } from './tables/csv.ts';
export { latexTable } from './tables/latex.ts';
export { markdownTable } from './tables/markdown.ts';
export { crossTable, paperTables } from './tables/tableData.ts';
export type {
  CellTest,
  LeftOutRun,
  PaperTable,
  TableCell,
  TableColumn,
  TableOptions,
  TableRow,
  TableSource,
  TableStyle,
} from './tables/types.ts';
export { terminalTable } from './terminal.ts';
