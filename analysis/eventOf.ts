import type { Event } from '../metrics/index.ts';
import type { AnalysisEvent } from './analysis.ts';

/** An event under the keys of JSON. */
export function analysisEvent(event: Event): AnalysisEvent {
  return {
    task: event.task,
    kind: event.kind,
    switch_task: event.switchTask,
    switch_step: event.switchStep,
    onset_step: event.onsetStep,
    minimum_step: event.minimumStep,
    recovery_step: event.recoveryStep,
    reference: event.reference,
    minimum: event.minimum,
    end: event.end,
    depth: event.depth,
    relative_depth: event.relativeDepth,
    area: event.area,
    chance_depth: event.chanceDepth,
    z: event.z,
    p_value: event.p,
    noise: event.noise,
  };
}
