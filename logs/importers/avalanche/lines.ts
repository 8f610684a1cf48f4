import { UserError } from '../../../base/index.ts';
import { parseAvalancheName, type AvalancheName } from './metrics.ts';
import type { Source } from '../shared/source.ts';

/** A value of an experience as it was printed. */
export interface PrintedValue extends AvalancheName {
  readonly text: string;
  readonly line: number;
}

/** What was printed from one "Start of eval phase" to the next mark. */
export interface PrintedEvaluation {
  readonly line: number;
  /** Training phases that began before it. */
  readonly phase: number;
  /** Whether it was made within the last of them. */
  readonly inTraining: boolean;
  /** Experiences whose training had begun within it. */
  readonly begun: number;
  /** Epochs that had ended since the beginning of the log. */
  readonly epochs: number;
  readonly values: PrintedValue[];
}

/** What was printed from one "Start of training phase" to its end. */
export interface PrintedTraining {
  readonly line: number;
  /** Experiences named by "Starting training on experience", and the epochs that had ended before each. Some loggers print none. */
  readonly experiences: { readonly id: number; readonly line: number; readonly epochs: number }[];
  /** Task labels of metrics of training, such as `Task001`. */
  readonly labels: Set<string>;
  readonly epochsBefore: number;
  /** Epochs that had ended at its end; null where the log ends first. */
  epochsAfter: number | null;
}

export interface PrintedLog {
  readonly trainings: readonly PrintedTraining[];
  readonly evaluations: readonly PrintedEvaluation[];
  readonly notes: readonly string[];
}

const training = /^-- Starting training on experience (\d{1,9})(?: \(Task \w+\))? from \w+ stream --$/;
const evaluation = /^> Eval on experience (\d{1,9})(?: \(Task \w+\))? from \w+ stream ended\.$/;
const label = /\/train_phase\/\w+_stream\/(Task\d+) = /;

/** Lines beyond this length are none of Avalanche's. */
const longest = 1000;

/** Whether a text has a line that Avalanche's text loggers print. */
export function looksLikeAvalancheText(head: string): boolean {
  return (
    /^-- >> Start of (?:training|eval) phase << --\s*$/m.test(head) ||
    /^> Eval on experience \d+ .*stream ended\.\s*$/m.test(head)
  );
}

/**
 * Splits what Avalanche's text loggers print into phases. Lines that they do not print are read past.
 * @throws {UserError} for phases that do not end before others begin, and values outside of an evaluation or of another experience: lines are missing or out of order
 */
export function readAvalancheLines(source: Source): PrintedLog {
  const { path } = source;
  const text = source.text();
  const trainings: PrintedTraining[] = [];
  const evaluations: PrintedEvaluation[] = [];
  const notes: string[] = [];
  let open: 'training' | 'eval' | null = null;
  let inTraining = false;
  let epochs = 0;
  let evaluated = -1;
  let line = 0;

  const fail = (problem: string): UserError =>
    new UserError(
      `${path}, line ${line}: ${problem}; lines are missing or out of order, so get the whole output of one run`,
    );

  const mark = (name: string): void => {
    const begins = name.startsWith('Start');
    if (name.endsWith('training phase')) {
      if (open === 'eval') throw fail('a training begins or ends within an evaluation');
      if (begins === inTraining)
        throw fail(begins ? 'a training begins within another' : 'a training ends that never began');
      inTraining = begins;
      if (begins) trainings.push({ line, experiences: [], labels: new Set(), epochsBefore: epochs, epochsAfter: null });
      else trainings.at(-1)!.epochsAfter = epochs;
      open = begins ? 'training' : null;
      return;
    }
    if (begins === (open === 'eval'))
      throw fail(begins ? 'an evaluation begins within another' : 'an evaluation ends that never began');
    open = begins ? 'eval' : inTraining ? 'training' : null;
    evaluated = -1;
    if (!begins) return;
    const begun = trainings.at(-1)?.experiences.length ?? 0;
    evaluations.push({ line, phase: trainings.length, inTraining, begun, epochs, values: [] });
  };

  const value = (part: string): void => {
    const at = part.indexOf(' = ');
    const name = at < 0 ? null : parseAvalancheName(part.slice(0, at));
    if (!name) return;
    const latest = evaluations.at(-1);
    if (!latest || (open !== 'eval' && (latest.phase !== trainings.length || latest.inTraining !== inTraining)))
      throw fail(`a value of ${name.experience} stands outside of an evaluation`);
    // Some metrics of experiences are printed once the whole stream was evaluated.
    if (open === 'eval' && Number(name.experience.slice(3)) !== evaluated)
      throw fail(`a value of ${name.experience} stands where none of it was evaluated`);
    latest.values.push({ ...name, text: part.slice(at + 3).trim(), line });
  };

  const read = (part: string): void => {
    const phase = /^-- >> ((?:Start|End) of (?:training|eval) phase) << --$/.exec(part)?.[1];
    if (phase !== undefined) return mark(phase);
    const begun = training.exec(part)?.[1];
    if (begun !== undefined) {
      if (open !== 'training') throw fail(`training on experience ${begun} begins outside of a training`);
      trainings.at(-1)!.experiences.push({ id: Number(begun), line, epochs });
      return;
    }
    const ended = evaluation.exec(part)?.[1];
    if (ended !== undefined) {
      if (open !== 'eval') throw fail(`experience ${ended} is evaluated outside of an evaluation`);
      evaluated = Number(ended);
      return;
    }
    if (/^Epoch \d{1,9} ended\.$/.test(part)) {
      if (open !== 'training') throw fail('an epoch ends outside of a training');
      epochs++;
    } else if (part.includes('/eval_phase/')) value(part);
    else if (inTraining) {
      const found = label.exec(part)?.[1];
      if (found !== undefined) trainings.at(-1)!.labels.add(found);
    }
  };

  const lines = text.split('\n');
  for (const [i, whole] of lines.entries()) {
    if (whole.length > longest && !whole.includes('\r')) continue;
    line = i + 1;
    // Progress bars write over their own line.
    for (const part of whole.split('\r').map((each) => each.trim())) {
      if (part.length > longest) continue;
      if (i === lines.length - 1 && part.includes('/eval_phase/'))
        notes.push(`line ${line}, the last, has no line end: its value may be cut short and was left out`);
      else read(part);
    }
  }
  return { trainings, evaluations, notes };
}
