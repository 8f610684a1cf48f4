/** @file What the page does once it is read. */
import { sortTables } from './sort.js';
import { showDefinitions } from './tips.js';

document.documentElement.classList.add('js');
showDefinitions();
sortTables();
