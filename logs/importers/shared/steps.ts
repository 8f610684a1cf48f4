/** Where the step of a checkpoint is written, in names of revisions, folders and files: `step1000`, `checkpoint-500`, `iter_20`, `round 3`. */
const named = /(?:step|checkpoint|ckpt|iter|iteration|round|global_step|epoch|rev)[-_ =]?(\d+)/gi;

/** The step that a name tells; null if it tells none. The last one counts: folders come before files. */
export function stepIn(name: string): number | null {
  const found = [...name.matchAll(named)];
  if (found.length > 0) return Number(found.at(-1)![1]);
  // A name that is nothing but a number, such as the folder `1000`.
  const whole = /(?:^|[/\\])(\d+)(?:\.[a-z]+)?$/i.exec(name);
  return whole ? Number(whole[1]) : null;
}

/** The name without its step, the same for all checkpoints of a model: `llama-step1000_hf` and `llama-step500_hf` are `llama_hf`. */
export function withoutStep(name: string): string {
  const found = [...name.matchAll(named)].at(-1);
  if (!found) return name;
  const before = name.slice(0, found.index).replace(/[-_ ./]+$/, '');
  return before + name.slice(found.index + found[0].length);
}
