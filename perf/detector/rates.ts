import { createRng } from '../../base/index.ts';
import { detectEvents, pairedErrorOf, type Event } from '../../metrics/index.ts';
import { simulate, type Simulation } from './simulated.ts';

/** The events of so many logs, each of its own seed. */
export function* eventsOf(simulation: Simulation, logs: number, seed: number): Generator<Event[]> {
  const rng = createRng(seed).fork(JSON.stringify(simulation));
  for (let i = 0; i < logs; i++) {
    const { log, scores } = simulate(simulation, rng.fork(`${i}`));
    yield detectEvents(log, { pairedError: scores ? pairedErrorOf(scores) : undefined });
  }
}

/** The share of logs that have any event that is not noise. */
export function alarmRate(simulation: Simulation, logs: number, seed: number): number {
  let alarms = 0;
  for (const events of eventsOf(simulation, logs, seed)) if (events.some(({ kind }) => kind !== 'noise')) alarms++;
  return alarms / logs;
}
