/** Worst first. */
export const alarmKinds = [
  'collapse',
  'coverage',
  'regression',
  'confident-errors',
  'self-correction',
  'behaviour-collapse',
  'saturation',
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

export interface Alarm {
  readonly kind: AlarmKind;
  /** The last round in which it holds. */
  readonly round: number;
  /** '' where the log names none; a turn is part of the name, `math@t2`, where the alarm is of one. */
  readonly benchmark: string;
  /** Corrected as told at the metric; null where it is no test. */
  readonly p: number | null;
  readonly text: string;
}
