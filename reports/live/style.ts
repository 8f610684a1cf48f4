/** The style sheet of the live page. Colours follow the reader's light or dark setting; those of tasks are Okabe and Ito's, made brighter for dark paper. */
export const liveStyle = `
:root {
  color-scheme: light dark;
  --ink: #1f2328; --muted: #59636e; --paper: #ffffff; --card: #f6f8fa; --line: #d1d9e0; --accent: #0063a0; --bad: #a33a00;
  --task-0: #0072b2; --task-1: #d55e00; --task-2: #009e73; --task-3: #cc79a7; --task-4: #e69f00; --task-5: #56b4e9; --task-6: #000000;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --muted: #9aa5b1; --paper: #0f1419; --card: #1a2129; --line: #38424d; --accent: #79b8ff; --bad: #ffb088;
    --task-0: #4da6e8; --task-1: #ff8a3d; --task-2: #2cc79a; --task-3: #e39cc4; --task-4: #f0b63a; --task-5: #8fd0f7; --task-6: #ffffff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.25rem 1.25rem 4rem; max-width: 80rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; overflow-wrap: anywhere;
}
header { display: grid; grid-template-columns: 1fr auto; align-items: baseline; gap: .25rem 1rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0; }
.whole { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; }
.whole progress { flex: 1 1 14rem; }
progress { height: .75rem; accent-color: var(--accent); }
#connection { font-size: .9rem; color: var(--muted); }
#connection::before { content: ''; display: inline-block; width: .6rem; height: .6rem; margin-right: .4rem; border-radius: 50%; background: var(--muted); }
#connection[data-state='live']::before { background: var(--task-2); }
#connection[data-state='lost'] { color: var(--bad); font-weight: 600; }
#connection[data-state='lost']::before { background: var(--bad); border-radius: 0; }
.muted { color: var(--muted); font-size: .9rem; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .6rem; min-height: 2rem; }
button { cursor: pointer; }
select { max-width: 100%; }
.choice { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: .25rem 0 .5rem; }
#chart { min-height: 12rem; border: 1px solid var(--line); border-radius: 6px; padding: .5rem .5rem .25rem 0; overflow: hidden; }
#chart .u-select { background: color-mix(in srgb, var(--accent) 20%, transparent); }
#chart .u-cursor-x, #chart .u-cursor-y { border-color: var(--muted); }
#tasks { display: flex; flex-wrap: wrap; gap: .4rem; margin: .6rem 0 .25rem; }
#tasks button { display: flex; align-items: center; gap: .45rem; font-size: .9rem; font-variant-numeric: tabular-nums; }
#tasks button[aria-pressed='false'] { color: var(--muted); text-decoration: line-through; }
#tasks button[aria-pressed='false'] svg { opacity: .35; }
#tasks svg { width: 1.6rem; height: .6rem; flex: none; }
#tasks .value { min-width: 3em; text-align: right; }
#readout { min-height: 1.5em; }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 2rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: .3rem .6rem; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--line); }
td:nth-child(2) { white-space: normal; min-width: 6rem; }
td.number, th:last-child { text-align: right; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { background: var(--card); font-weight: 600; }
tbody th { font-weight: 400; }
tbody th button { border-color: transparent; background: none; padding: .1rem .4rem; margin-left: -.4rem; color: var(--accent); min-height: 1.75rem; }
tbody tr[aria-current] { background: var(--card); }
tbody tr[aria-current] th button { font-weight: 700; border-color: var(--line); }
td progress { width: 5rem; margin-right: .5rem; vertical-align: middle; }
td.failed, td.diverged, td.unknown { color: var(--bad); font-weight: 600; }
td.complete, td.planned { color: var(--muted); }
td small { display: block; max-width: 22rem; white-space: normal; font-weight: 400; }
#events { list-style: none; margin: 0; padding: 0; font-size: .9rem; }
#events li { padding: .4rem 0 .4rem .75rem; border-left: 4px solid var(--line); margin-bottom: .35rem; }
#events li.fell { border-color: var(--task-4); }
#events li.back { border-color: var(--task-2); }
#events li.forgetting { border-color: var(--task-1); }
#events li.backward_transfer { border-color: var(--task-0); }
#events b { display: block; font-weight: 600; }
@media (max-width: 60rem) { .columns { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 32rem) { body { padding: .875rem .75rem 3rem; } h1 { font-size: 1.25rem; } td progress { width: 2.5rem; } th, td { padding: .3rem .4rem; } }
@media (prefers-reduced-motion: no-preference) { #connection[data-state='live']::before { animation: pulse 2s infinite; } }
@keyframes pulse { 50% { opacity: .45; } }
`;
