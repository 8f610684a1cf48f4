/** @file What the page does once it is read. */
import { drawCharts } from './chart.js';
import { sortTables } from './sort.js';
import { showDefinitions } from './tips.js';

showDefinitions();
sortTables();
drawCharts();
