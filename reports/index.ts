export { analysisPage } from './analysis/page.ts';
export { analysisText } from './analysis/text.ts';
export { writeAnalysisReport } from './analysis/write.ts';
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
