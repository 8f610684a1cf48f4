import type { RunOutcome } from '../../harness/index.ts';

/** `9.9 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** What went wrong with a run; undefined for one that is complete, or was stopped and can go on. */
export function complaint({ plan, record, error }: RunOutcome): string | undefined {
  if (record?.status === 'complete' || record?.status === 'interrupted') return undefined;
  return `${plan.name} ${record?.status ?? 'failed'}: ${record?.reason ?? error ?? 'no reason is known'}`;
}
