import { markup } from '../page/markup.ts';

/** The page without its content, which its script puts in. @param title the folder that is followed */
export function livePage(title: string): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} — stabgap</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/uplot.css">
<link rel="stylesheet" href="/app.css">
<script src="/uplot.js" defer></script>
<script src="/app.js" type="module"></script>
</head>
<body>
<header>
<h1 id="title">${title}</h1>
<p id="connection" role="status" data-state="connecting">connecting</p>
<div class="whole"><progress id="progress" max="1" value="0" aria-labelledby="standing"></progress><p id="standing">no run yet</p></div>
</header>
<main>
<noscript><p>This page follows runs while they work, and needs JavaScript for that. Without it: stabgap watch, stabgap report.</p></noscript>
<section aria-labelledby="curves-title">
<h2 id="curves-title">Accuracy of each task</h2>
<div class="choice"><label for="run">Run</label> <select id="run"></select> <button type="button" id="whole" hidden>show all updates</button></div>
<div id="chart" role="group" tabindex="0" aria-label="Chart of accuracy by update. Arrow keys read the values out; Home and End go to the ends."></div>
<div id="tasks" role="group" aria-label="Tasks: show or hide a curve"></div>
<p id="readout" class="muted"></p>
</section>
<div class="columns">
<section aria-labelledby="runs-title">
<h2 id="runs-title">Runs</h2>
<div class="scroll" role="region" tabindex="0" aria-label="Table of runs">
<table><thead><tr><th scope="col">run</th><th scope="col">status</th><th scope="col">updates</th><th scope="col">in training</th><th scope="col">mean accuracy</th></tr></thead><tbody id="runs"></tbody></table>
</div>
</section>
<section aria-labelledby="events-title">
<h2 id="events-title">Events</h2>
<p id="no-events" class="muted">None is certain yet.</p>
<ol id="events" role="list"></ol>
</section>
</div>
</main>
<p id="spoken" class="unseen" aria-live="polite"></p>
</body>
</html>
`.source;
}
