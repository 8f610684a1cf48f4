/** The report's style sheet. Its colours follow the reader's light or dark setting; figures stay on a light card. */
export const style = `
:root {
  color-scheme: light dark;
  --ink: #1f2328; --muted: #59636e; --paper: #ffffff; --card: #f6f8fa; --line: #d1d9e0; --accent: #0063a0;
  --warn-ink: #7a3600; --warn-paper: #fff4e5; --warn-line: #e3a25b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --muted: #9aa5b1; --paper: #0f1419; --card: #1a2129; --line: #38424d; --accent: #79b8ff;
    --warn-ink: #ffd8a8; --warn-paper: #33230f; --warn-line: #a8692a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  overflow-wrap: break-word;
}
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h2.protocol { font-size: 1.5rem; text-transform: capitalize; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p, ul { margin: .5rem 0; max-width: 48rem; }
ul { padding-left: 1.25rem; }
li { margin: .3rem 0; }
a { color: var(--accent); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .875em; }
pre { margin: .5rem 0; padding: .75rem 1rem; overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
summary { cursor: pointer; color: var(--accent); }
nav { margin: .5rem 0 0; color: var(--muted); }
nav a { margin-right: 1rem; white-space: nowrap; }
.muted, caption, figcaption { color: var(--muted); font-size: .9rem; }
.notice { margin: 1rem 0; padding: .6rem 1rem; color: var(--warn-ink); background: var(--warn-paper); border: 1px solid var(--warn-line); border-left-width: 4px; border-radius: 6px; }
.notice ul { margin: .25rem 0; }

.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .75rem 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; min-width: 0; }
.facts ul { margin: 0; }
.facts li { margin: 0; }
.definitions dt { margin-top: .9rem; font-weight: 600; }
.definitions dd { margin: .1rem 0 0; max-width: 48rem; }

.scroll { overflow-x: auto; margin: .75rem 0; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .875rem; }
caption { text-align: left; padding: .5rem .75rem; caption-side: bottom; }
.scroll > table { min-width: 100%; }
th, td { padding: .35rem .65rem; white-space: nowrap; text-align: right; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { font-weight: 600; background: var(--card); vertical-align: bottom; }
th:first-child, td.text { text-align: left; }
th:first-child { position: sticky; left: 0; background: var(--card); }
tbody th { font-weight: 600; }
td .n { color: var(--muted); font-size: .8em; }
td strong { font-weight: 700; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; margin: 0; text-align: inherit; cursor: help; }
th button.sort { cursor: pointer; }
th button:hover { color: var(--accent); }
.term > span { text-decoration: underline dotted; text-underline-offset: .2em; }
th[aria-sort] button::after { content: ' ▾'; color: var(--accent); }
th[aria-sort=ascending] button::after { content: ' ▴'; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.tip { max-width: min(24rem, calc(100vw - 1rem)); padding: .5rem .75rem; font-size: .875rem; font-weight: 400; line-height: 1.45; text-align: left; white-space: normal;
  color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 4px 16px #0003; }
.star { display: inline-block; width: 0; color: var(--muted); }

.figures { display: grid; gap: .75rem; margin: .75rem 0; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.figures.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); }
figure { margin: .75rem 0; }
.figures img { display: block; width: 100%; height: auto; padding: .25rem; background: #ffffff; border: 1px solid var(--line); border-radius: 6px; }

.plot, .hands { display: none; }
.js .plot { display: block; min-height: 21rem; }
.js .hands { display: inline; }
.js .print-only { display: none; }
.figures > .chart { margin: 0; min-width: 0; }
.plot { padding: .5rem .5rem .6rem; color: #1f2328; background: #ffffff; border: 1px solid var(--line); border-radius: 6px; }
.chart-head { display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; min-height: 1.6rem; font-size: .9rem; }
.chart-head .subtitle, .chart-head .where { color: #59636e; font-size: .8rem; }
.chart-head .where { margin-left: auto; font-variant-numeric: tabular-nums; }
.reset { display: none; }
.reset.on { display: inline-block; }
.reset, .key { font: inherit; font-size: .8rem; color: #1f2328; background: #ffffff; border: 1px solid #d1d9e0; border-radius: 4px; padding: .1rem .4rem; cursor: pointer; }
.reset:hover, .key:hover { border-color: #59636e; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem; margin-top: .3rem; }
.key { display: inline-flex; gap: .35rem; align-items: center; }
.key .swatch { width: .7rem; height: .7rem; border-radius: 2px; flex: none; }
.key .value { color: #59636e; font-variant-numeric: tabular-nums; white-space: nowrap; }
.key[aria-pressed=false] { color: #59636e; text-decoration: line-through; }
.key[aria-pressed=false] .swatch, .key[aria-pressed=false] .value { visibility: hidden; }

.multiples td { text-align: center; padding: .35rem .4rem .2rem; line-height: 1.2; }
.multiples thead th { text-align: center; }
.spark { color: var(--accent); vertical-align: bottom; }

.matrices { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem; }
.matrix { min-width: 0; max-width: 100%; margin: 0; }
.matrix .scroll { margin: .35rem 0 0; }
.matrix td { text-align: center; color: #111111; border: 1px solid var(--paper); padding: .3rem .55rem; }
.matrix td.unseen { font-style: italic; color: #4a525b; }
.matrix th { font-weight: 400; }
.matrix td.none { background: var(--card); color: var(--muted); }
.heat0 { background: #ffffff; } .heat1 { background: #f1f6fb; } .heat2 { background: #e3eef7; } .heat3 { background: #d4e5f3; }
.heat4 { background: #c6dcef; } .heat5 { background: #b7d3ea; } .heat6 { background: #a7cae6; } .heat7 { background: #96c0e1; }
.heat8 { background: #85b6dc; } .heat9 { background: #73acd7; } .heat10 { background: #60a2d2; }

@media (max-width: 32rem) {
  body { padding: 1.25rem .875rem 3rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .5rem; }
}
@media print {
  @page { size: landscape; margin: 12mm; }
  :root { color-scheme: light; --ink: #000000; --muted: #444444; --paper: #ffffff; --card: #f6f8fa; --line: #bbbbbb; --accent: #000000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .tip, .js .plot, .js .hands { display: none; }
  .js .print-only { display: block; }
  .scroll { overflow: visible; border: 0; }
  table { font-size: 7pt; }
  th, td { padding: .2rem .25rem; white-space: normal; }
  .multiples { table-layout: fixed; width: 100%; }
  .spark { width: 100%; height: auto; }
  p, li, .scroll { break-inside: avoid; }
  tr, .figures img, .matrix { break-inside: avoid; }
  h2, h3, p.muted { break-after: avoid; }
  .matrix td, thead th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
