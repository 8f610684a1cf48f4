import type { LiveEvent, RunSummary } from '../messages.ts';
import { lineOf } from './chart.ts';
import { shareOf, type Shown } from './state.ts';
import { accuracyText, nameOf, statusText } from './words.ts';

/** The element with this id, which the page has. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, text = '', className = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (text !== '') made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}

/** Writes only what differs, so that neither focus nor a selection is lost. */
function write(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** The rows of the table of runs; they are kept and changed in place. */
export function createRunTable(body: HTMLElement, choose: (run: string) => void) {
  const rows = new Map<string, { row: HTMLTableRowElement; update: (run: RunSummary, several: boolean) => void }>();

  const make = (key: string) => {
    const row = element('tr');
    const head = element('th');
    head.scope = 'row';
    const button = element('button');
    button.type = 'button';
    button.addEventListener('click', () => choose(key));
    head.append(button);
    const status = element('td');
    const statusWords = element('span');
    const reason = element('small');
    status.append(statusWords, reason);
    const updates = element('td');
    const bar = element('progress');
    const count = element('span');
    updates.append(bar, count);
    const task = element('td');
    const accuracy = element('td', '', 'number');
    row.append(head, status, updates, task, accuracy);
    return {
      row,
      update(run: RunSummary, several: boolean) {
        write(button, several && run.experiment !== '' ? `${run.experiment}: ${nameOf(run)}` : nameOf(run));
        status.className = run.status;
        write(statusWords, statusText(run, Date.now()));
        write(reason, run.reason ?? '');
        reason.hidden = run.reason === null;
        bar.value = shareOf(run);
        bar.setAttribute('aria-label', `share of the updates of ${nameOf(run)} that are done`);
        write(count, run.planned === null ? String(run.done) : `${run.done} of ${run.planned}`);
        write(task, run.task || '–');
        write(accuracy, accuracyText(run.accuracy));
      },
    };
  };

  return (runs: readonly RunSummary[], current: string): void => {
    const several = new Set(runs.map(({ experiment }) => experiment)).size > 1;
    const keys = new Set(runs.map(({ run }) => run));
    for (const [key, { row }] of rows)
      if (!keys.has(key)) {
        row.remove();
        rows.delete(key);
      }
    for (const [i, run] of runs.entries()) {
      const entry = rows.get(run.run) ?? make(run.run);
      rows.set(run.run, entry);
      if (body.children[i] !== entry.row) body.insertBefore(entry.row, body.children[i] ?? null);
      entry.update(run, several);
      if (run.run === current) entry.row.setAttribute('aria-current', 'true');
      else entry.row.removeAttribute('aria-current');
    }
  };
}

/** Most events that the page lists. */
const listed = 200;

/** The list of events, newest first. */
export function showEvents(list: HTMLElement, events: readonly LiveEvent[], runs: readonly RunSummary[]): void {
  const names = new Map(runs.map((run) => [run.run, nameOf(run)]));
  list.replaceChildren(
    ...events
      .slice(-listed)
      .toReversed()
      .map(({ run, text, telling, kind }) => {
        const item = element('li', '', telling === 'verdict' ? kind : telling);
        item.append(element('b', names.get(run) ?? run), text);
        return item;
      }),
  );
}

/** The choice of a run above the chart. */
export function showChoice(select: HTMLSelectElement, runs: readonly RunSummary[], chosen: string): void {
  const several = new Set(runs.map(({ experiment }) => experiment)).size > 1;
  const texts = runs.map((run) => (several ? `${run.experiment}: ${nameOf(run)}` : nameOf(run)));
  const wanted = [['', 'the one at work'], ...runs.map(({ run }, i) => [run, texts[i]])];
  const has = [...select.options].map(({ value, text }) => `${value}\n${text}`).join('\n');
  // An open list is not changed under the reader's hand without need.
  if (has !== wanted.map(([value, text]) => `${value}\n${text}`).join('\n'))
    select.replaceChildren(...wanted.map(([value, text]) => new Option(text, value)));
  if (select.value !== chosen) select.value = chosen;
}

/** A button for each task, with its line and its value; each shows or hides a curve. */
export function createTaskButtons(container: HTMLElement, onToggle: (task: number, visible: boolean) => void) {
  let key = '';
  let values: HTMLElement[] = [];

  const build = (tasks: readonly string[]): void => {
    values = [];
    container.replaceChildren(
      ...tasks.map((name, task) => {
        const button = element('button');
        button.type = 'button';
        button.setAttribute('aria-pressed', 'true');
        const value = element('span', '', 'value');
        values.push(value);
        button.append(swatch(task), element('span', name), value);
        button.addEventListener('click', () => {
          const visible = button.getAttribute('aria-pressed') !== 'true';
          button.setAttribute('aria-pressed', String(visible));
          onToggle(task, visible);
        });
        return button;
      }),
    );
  };

  return ({ run, tasks, steps, values: columns }: Shown, row: number | null): void => {
    const now = [run, ...tasks].join('\n');
    if (now !== key) build(tasks);
    key = now;
    const at = row ?? steps.length - 1;
    for (const [t, value] of values.entries()) write(value, accuracyText(columns[t][at]));
  };
}

function swatch(task: number): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 26 10');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(space, 'line');
  const { colour, dash } = lineOf(task);
  const attributes = { x1: '0', x2: '26', y1: '5', y2: '5', 'stroke-width': '3', 'stroke-dasharray': dash.join(' ') };
  for (const [name, value] of Object.entries(attributes)) line.setAttribute(name, value);
  line.style.stroke = `var(${colour})`;
  svg.append(line);
  return svg;
}
