export type { Analysed, Analysis, AnalysisEvent, Json, TaskCourse } from './analysis.ts';
export { analyseInFull, analyze, analyzeAll, type AnalyzeOptions } from './analyze.ts';
export { judge, type Limits, type Verdict, type Violation } from './gate.ts';
export { groupRuns, protocolOf, type Group, type Series } from './groups.ts';
export { differingSettings, settingsKey, settingsOf } from './settings.ts';
export { compare, type ComparedMethod, type CompareOptions, type Comparison } from './compare.ts';
export { tellings, type FollowOptions, type Telling, type WatchLine } from './watch/follower.ts';
export { statePath } from './watch/state.ts';
export { createWatcher, type Look, type Watcher, type WatchOptions } from './watch/watcher.ts';
