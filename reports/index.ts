export { renderReport, writeReport } from './report.ts';
export { terminalTable } from './terminal.ts';
