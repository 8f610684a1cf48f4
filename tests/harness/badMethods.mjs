// Methods that go wrong at their tenth update, each in its own way.
import * as z from 'zod';
import { defineMethod, findMethod, registerMethod } from '../../dist/methods/index.js';

function goingWrong(name, act) {
  const { title, family, paper, scenarios, create } = findMethod('finetune');
  return defineMethod({
    name,
    title,
    family,
    paper,
    scenarios,
    options: z.strictObject({}),
    async create(setup) {
      const learner = await create(setup);
      let updates = 0;
      return {
        ...learner,
        observe(batch) {
          if (++updates === 10) act();
          return learner.observe(batch);
        },
      };
    },
  });
}

registerMethod(
  goingWrong('throwing', () => {
    throw new Error('this method has had enough');
  }),
);
registerMethod(goingWrong('dying', () => process.kill(process.pid, 'SIGKILL')));
