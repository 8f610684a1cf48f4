export type { Analysed, Analysis, AnalysisEvent, Json, TaskCourse } from './analysis.ts';
export { analyseInFull, analyze, analyzeAll, type AnalyzeOptions } from './analyze.ts';
export { judge, type Limits, type Verdict, type Violation } from './gate.ts';
