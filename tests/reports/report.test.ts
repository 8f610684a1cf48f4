import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readExperiment, runRecordSchema } from '../../logs/index.ts';
import type { Experiment, RunRecord } from '../../logs/index.ts';
import { runMetrics } from '../../metrics/index.ts';
import { renderReport, terminalTable, writeReport } from '../../reports/index.ts';
import { makeExperiment, smallPlan, withRecord, writeExperiment } from './fixture.ts';

const tiny = { ...smallPlan, updatesPerTask: 12 };

function changed(index: number, change: (record: RunRecord) => RunRecord): Experiment {
  const experiment = makeExperiment(tiny);
  return { ...experiment, runs: experiment.runs.map((run, i) => (i === index ? withRecord(run, change) : run)) };
}

const textOf = (html: string): string =>
  html
    .replace(/<script[^>]*>[^]*?<\/script>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the report of an experiment', () => {
  let html: string;
  beforeAll(async () => {
    html = await renderReport(makeExperiment(tiny));
  });

  test('allows nothing but its one style sheet and its programs, by hash, and embedded figures', () => {
    const policy = html.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)![1].replaceAll('&#39;', "'");
    const style = html.match(/<style>([^]*?)<\/style>/)![1];
    const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text]) => text);
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(scripts.length).toBeGreaterThan(0);
    expect(policy).toBe(
      `default-src 'none'; script-src ${scripts.map(hash).join(' ')}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<style>'));
  });

  test('loads nothing from anywhere and runs nothing but what its policy names', () => {
    const loaded = [...html.matchAll(/\s(?:src|href|srcset|data|action)="([^"]*)"/g)].map(([, url]) => url);
    expect(loaded.length).toBeGreaterThan(4);
    for (const url of loaded) expect(url).toMatch(/^(data:|#)/);
    const read = html.replace(/<script[^>]*>[^]*?<\/script>/g, '');
    expect(read).not.toMatch(/<iframe|<link rel="stylesheet"|@import|url\(|\sstyle="|\son\w+="/);
  });

  test('has figures that refer to nothing outside themselves', () => {
    const figures = [...html.matchAll(/src="data:image\/svg\+xml;base64,([^"]*)"/g)];
    expect(figures.length).toBeGreaterThanOrEqual(4);
    for (const [, figure] of figures) {
      const svg = Buffer.from(figure, 'base64').toString();
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(svg.replace(/ xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:/);
    }
  });

  test('defines every metric in the table and in the list', () => {
    for (const { title } of runMetrics.filter(({ onRequest }) => !onRequest))
      expect(textOf(html).split(title).length).toBeGreaterThan(2);
  });

  test('links only to sections that are there, with ids that are there once', () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(id);
  });

  test('opens and closes its elements in order', () => {
    const tags = [
      ...html.replace(/<script[^>]*>[^]*?<\/script>/g, '').matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g),
    ].filter(([tag, , name]) => !['meta', 'link', 'img', 'br'].includes(name) && !tag.endsWith('/>'));
    const open: string[] = [];
    const crossed = tags.filter(([, slash, name]) => (slash === '' ? (open.push(name), false) : open.pop() !== name));
    expect(tags.length).toBeGreaterThan(200);
    expect({ crossed, open }).toEqual({ crossed: [], open: [] });
  });

  test('has the same bytes when made again', async () => {
    expect(await renderReport(makeExperiment(tiny))).toBe(html);
  });

  test('states the protocol and how to run it again', () => {
    const text = textOf(html);
    expect(text).toContain(
      '2 methods (finetune and er) on split-digits (class scenario, 3 tasks), seeds 1 and 2. 4 runs, all complete.',
    );
    expect(text).toContain('after every update (ρ = 1), on at most 1000 test samples a task');
    // Binomial: sqrt(.9 x .1 / 350) = .0160.
    expect(text).toContain('measured on 350 samples has a standard error of 0.016');
    expect(text).toContain('stabgap run experiment.json');
  });
});

test('names in the records cannot inject markup', async () => {
  const evil = '<script>alert("x")</script>';
  const html = await renderReport({
    ...changed(3, (r) => ({ ...r, status: 'failed', reason: evil })),
    name: evil,
    problems: [evil],
  });
  expect(html.replace(/<script[^>]*>[^]*?<\/script>/g, '')).not.toContain('<script');
  expect(html).not.toContain('<script>alert');
  expect(html.split('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;').length).toBeGreaterThan(4);
});

test('a failed run is named with its reason and is in no average', async () => {
  const experiment = changed(3, (r) => ({
    ...r,
    status: 'failed',
    reason: 'out of memory; use a smaller batch',
    cost: null,
  }));
  const text = textOf(await renderReport(experiment));
  expect(text).toContain('4 runs: 3 complete and 1 failed.');
  expect(text).toContain('er-seed2 failed: out of memory; use a smaller batch');
  const alone = { ...experiment, runs: experiment.runs.slice(0, 3) };
  expect(terminalTable(experiment).split('\n\n')[0]).toBe(terminalTable(alone).trimEnd());
  expect(terminalTable(experiment)).toContain('er-seed2 failed: out of memory; use a smaller batch');
});

test('runs of unlike protocols stand in tables of their own, with what differs', async () => {
  const experiment = changed(3, (r) => ({ ...r, evaluation: { ...r.evaluation, every: 10 } }));
  const text = textOf(await renderReport(experiment));
  expect(text).toContain('These runs follow 2 different protocols.');
  expect(text).toContain('evaluation.every: 1 (protocol 1), 10 (protocol 2)');
  expect(terminalTable(experiment)).toMatch(
    /^protocol 1:\nmethod .*\nfinetune +2 .*\ner +1 .*\n\nprotocol 2:\nmethod .*\ner +1 .*\n$/,
  );
});

test('an adaptive protocol is named as such, with its curves and gaps drawn as any other', async () => {
  const experiment = makeExperiment({ ...tiny, seeds: [1] });
  const adaptive = experiment.runs.map((run) =>
    withRecord(run, (r) => ({ ...r, evaluation: { ...r.evaluation, every: 'adaptive' } })),
  );
  const html = await renderReport({ ...experiment, runs: adaptive });
  expect(textOf(html)).toContain('before the first update of each task and where its curves ask for it (adaptive');
  expect(textOf(html)).not.toContain('ρ = adaptive');
  const svgs = (page: string): number => page.split('<svg').length;
  expect(svgs(html)).toBe(svgs(await renderReport(experiment)));
});

test('an experiment without a complete run still has a report', async () => {
  const experiment = makeExperiment({ ...tiny, seeds: [1] });
  const running = experiment.runs.map((run) =>
    withRecord(run, (r) => ({ ...r, status: 'running', ended: null, cost: null })),
  );
  const text = textOf(await renderReport({ ...experiment, runs: running }));
  expect(text).toContain('No run is complete, so there is nothing to average or draw.');
  expect(terminalTable({ ...experiment, runs: running })).toContain('no complete run');
});

test('the terminal table is aligned', () => {
  const lines = terminalTable(makeExperiment(tiny)).trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^method +seeds +ACC ↑ +min-ACC ↑ +WC-ACC ↑ +FORG ↓ +AAA ↑ +gap depth ↓ +recovery ↓$/);
  expect(lines[1]).toMatch(/^finetune +2( +-?\d\.\d{3} ± \d\.\d{3}){6} +\S/);
  const columns = (line: string): number[] => [...line.matchAll(/±/g)].map(({ index }) => index);
  expect(columns(lines[1]).slice(0, 6)).toEqual(columns(lines[2]).slice(0, 6));
});

describe('writeReport', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stabgap-report-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('writes the report of an experiment folder, and leaves no other file', async () => {
    const experiment = makeExperiment(tiny);
    for (const { record } of experiment.runs) runRecordSchema.parse(record);
    writeExperiment(experiment, join(folder, 'made-up'));
    const read = readExperiment(join(folder, 'made-up'));
    expect(read.problems).toEqual([]);
    await writeReport(read, join(folder, 'out', 'report.html'));
    expect(readdirSync(join(folder, 'out'))).toEqual(['report.html']);
    // finetune is listed before er in the plan, and after it where the folder's names decide.
    const sorted = { ...experiment, runs: [...experiment.runs.slice(2), ...experiment.runs.slice(0, 2)] };
    expect(readFileSync(join(folder, 'out', 'report.html'), 'utf8')).toBe(await renderReport(sorted));
  });

  test('replaces an earlier report', async () => {
    const file = join(folder, 'report.html');
    await writeReport(makeExperiment(tiny), file);
    const first = readFileSync(file, 'utf8');
    await writeReport(makeExperiment({ ...tiny, seeds: [3] }), file);
    expect(readFileSync(file, 'utf8')).not.toBe(first);
    expect(existsSync(`${file}.tmp`)).toBe(false);
  });
});
