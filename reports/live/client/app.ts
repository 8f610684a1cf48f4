/** @file The live page: listens to the server and shows what it tells. */
import type { Message } from '../messages.ts';
import { createChart } from './chart.ts';
import { isOver, merged, nothing, type State } from './state.ts';
import { byId, createRunTable, createTaskButtons, showChoice, showEvents } from './view.ts';
import { nameOf, standingOf, wholeShare } from './words.ts';

const parts = {
  title: byId('title', HTMLElement),
  connection: byId('connection', HTMLElement),
  progress: byId('progress', HTMLProgressElement),
  standing: byId('standing', HTMLElement),
  run: byId('run', HTMLSelectElement),
  whole: byId('whole', HTMLButtonElement),
  chart: byId('chart', HTMLElement),
  tasks: byId('tasks', HTMLElement),
  readout: byId('readout', HTMLElement),
  runs: byId('runs', HTMLElement),
  events: byId('events', HTMLElement),
  noEvents: byId('no-events', HTMLElement),
  spoken: byId('spoken', HTMLElement),
};

let state: State = nothing;
/** What the reader chose; empty for the run at work. */
let chosen = new URLSearchParams(location.hash.slice(1)).get('run') ?? '';
let source: EventSource | null = null;
let cursor: number | null = null;

const showTable = createRunTable(parts.runs, choose);
const chart = createChart(parts.chart, atCursor, (zoomed) => (parts.whole.hidden = !zoomed));
const showTasks = createTaskButtons(parts.tasks, chart.setVisible);

function choose(run: string): void {
  chosen = run;
  history.replaceState(null, '', run === '' ? location.pathname : `#run=${encodeURIComponent(run)}`);
  listen(run);
  show(state);
}

/** @param run to be told of; empty for the one at work */
function listen(run: string): void {
  source?.close();
  const own = new EventSource(`/events?run=${encodeURIComponent(run)}`);
  source = own;
  own.addEventListener('open', () => connection('live'));
  own.addEventListener('message', ({ data }: MessageEvent<string>) => receive(JSON.parse(data) as Message));
  own.addEventListener('error', () => {
    if (source !== own) return;
    connection('lost');
    // Browsers try again by themselves, but not after an answer such as 503.
    if (own.readyState === EventSource.CLOSED) setTimeout(() => source === own && listen(run), 3000);
  });
}

function connection(now: 'live' | 'lost'): void {
  parts.connection.dataset.state = now;
  const ended = state.runs.length > 0 && state.runs.every(isOver);
  const text = now === 'lost' ? 'disconnected, retrying' : ended ? 'connected; nothing is at work' : 'live';
  if (parts.connection.textContent !== text) parts.connection.textContent = text;
}

function receive(message: Message): void {
  const before = state;
  state = merged(before, message);
  show(before);
  connection('live');
  if (before !== nothing) speak(before);
  follow();
}

/** Goes on to the run at work when the one that is shown is over, unless the reader chose it. */
function follow(): void {
  const shown = state.runs.find(({ run }) => run === state.shown?.run);
  const next = state.runs.find(({ status }) => status === 'running');
  if (chosen === '' && next && next.run !== shown?.run && (!shown || shown.status !== 'running')) listen(next.run);
}

/** New events, for those who do not see the list. */
function speak({ events }: State): void {
  const known = new Set(events.map(({ run, text }) => run + text));
  const fresh = state.events.filter(({ run, text }) => !known.has(run + text));
  if (fresh.length > 0)
    parts.spoken.textContent = fresh
      .slice(-3)
      .map(({ run, text }) => `${called(run)}: ${text}`)
      .join('. ');
}

function called(run: string): string {
  const found = state.runs.find((each) => each.run === run);
  return found ? nameOf(found) : run;
}

/** @param before what was shown until now */
function show(before: State): void {
  parts.title.textContent = state.title;
  parts.progress.value = wholeShare(state.runs);
  const standing = standingOf(state.runs);
  if (parts.standing.textContent !== standing) parts.standing.textContent = standing;
  showTable(state.runs, state.shown?.run ?? chosen);
  showChoice(parts.run, state.runs, chosen);
  parts.noEvents.hidden = state.events.length > 0;
  if (state.events.length !== before.events.length || state.events.at(-1) !== before.events.at(-1))
    showEvents(parts.events, state.events, state.runs);
  if (state.shown && state.shown !== before.shown) {
    chart.show(state.shown);
    showTasks(state.shown, cursor);
    readOut();
  }
}

function atCursor(row: number | null): void {
  cursor = row;
  if (!state.shown) return;
  showTasks(state.shown, row);
  readOut();
}

function readOut(): void {
  if (!state.shown) return;
  const { run, steps, training, tasks } = state.shown;
  const row = cursor ?? steps.length - 1;
  if (steps[row] === undefined) return;
  const task = tasks[training[row]];
  parts.readout.textContent = `${called(run)}: update ${steps[row]}${task === undefined ? '' : `, ${task} in training`}`;
}

const keys: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -50,
  PageDown: 50,
  Home: -Infinity,
  End: Infinity,
};

parts.chart.addEventListener('keydown', (event) => {
  const rows = keys[event.key];
  if (rows === undefined || !state.shown) return;
  event.preventDefault();
  chart.move(event.shiftKey ? 10 * rows : rows);
  const { values, tasks } = state.shown;
  const read = tasks.flatMap((task, t) =>
    typeof values[t][cursor ?? 0] === 'number' ? [`${task} ${values[t][cursor ?? 0]}`] : [],
  );
  parts.spoken.textContent = `${parts.readout.textContent}: ${read.join(', ')}`;
});
parts.run.addEventListener('change', () => choose(parts.run.value));
parts.whole.addEventListener('click', () => {
  chart.showAll();
  parts.chart.focus();
});
// How long a run has been quiet changes without news.
setInterval(() => showTable(state.runs, state.shown?.run ?? chosen), 30_000);

listen(chosen);
