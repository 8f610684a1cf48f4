export { analysisPage } from './analysis/page.ts';
export { analysisText } from './analysis/text.ts';
export { writeAnalysisReport } from './analysis/write.ts';
export { renderReport, writeReport } from './report.ts';
export { terminalTable } from './terminal.ts';
