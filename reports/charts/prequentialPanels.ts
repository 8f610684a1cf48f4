import type { EvaluationLog, Run } from '../../logs/index.ts';
import { fadingFactor, prequentialCurve } from '../../metrics/index.ts';
import type { Group } from '../../analysis/index.ts';
import { curvePanel, type CurvePanel } from './curves.ts';

/** One panel a method whose runs were all scored before they learnt: the fading prequential accuracy, in the colour of the task in training. */
export function prequentialPanels(group: Group): CurvePanel[] {
  return group.series
    .filter(({ runs }) => runs.every(({ prequential }) => prequential && prequential.steps.length > 0))
    .map((series) => curvePanel(series, group.tasks, fadingLog));
}

/** The curve as a log: after each batch, a value on the task in training and on no other. */
function fadingLog({ accuracy: { tasks }, prequential }: Run): EvaluationLog {
  const { steps, trainingTask, tasks: trained } = prequential!;
  const curve = prequentialCurve(prequential!, fadingFactor);
  const current = trainingTask.map((task) => tasks.indexOf(trained[task]));
  return {
    measure: 'accuracy',
    higherIsBetter: true,
    tasks,
    steps,
    trainingTask: current,
    values: tasks.map((_, task) => curve.map((value, row) => (current[row] === task ? value : NaN))),
  };
}
