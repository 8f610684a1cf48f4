/** @file Tables that sort by a click, or Enter, on the heading of a column. */

/** Gives every heading of the tables that may be sorted a button. */
export function sortTables() {
  for (const table of document.querySelectorAll('table.sortable')) {
    for (const head of table.querySelectorAll('thead th')) {
      if (!(head instanceof HTMLTableCellElement)) continue;
      const button = head.querySelector('button') ?? wrapped(head);
      button.classList.add('sort');
      button.addEventListener('click', () => sortBy(head));
    }
  }
}

/**
 * Puts what a heading says into a button.
 * @param {HTMLTableCellElement} head
 */
function wrapped(head) {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(...head.childNodes);
  head.append(button);
  return button;
}

/**
 * Rows by one column: numbers from the greatest, words from A; the other way round when it is so already. Cells without a value stay at the end.
 * @param {HTMLTableCellElement} head
 */
function sortBy(head) {
  const body = head.closest('table')?.tBodies[0];
  if (!body) return;
  const rows = [...body.rows].map((row, place) => ({ row, place, value: valueOf(row.cells[head.cellIndex]) }));
  const words = rows.every(({ value }) => typeof value !== 'number');
  const before = head.getAttribute('aria-sort');
  const rising = before === null ? words : before === 'descending';
  for (const other of head.parentElement?.children ?? []) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', rising ? 'ascending' : 'descending');
  rows.sort((a, b) => compareValues(a.value, b.value, rising) || a.place - b.place);
  body.append(...rows.map(({ row }) => row));
}

/**
 * @param {string | number} a
 * @param {string | number} b
 * @param {boolean} rising
 */
function compareValues(a, b, rising) {
  const missing = Number(a === '') - Number(b === '');
  if (missing !== 0) return missing;
  const order =
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : String(a).localeCompare(String(b), 'en', { numeric: true });
  return rising ? order : -order;
}

/**
 * The number of a cell in full where the table gives it, else the one it starts with, else its words; nothing for a dash.
 * @param {HTMLTableCellElement} cell
 * @returns {string | number}
 */
function valueOf(cell) {
  const text = cell.dataset.v ?? (cell.textContent ?? '').trim().replaceAll(',', '');
  if (text === '–') return '';
  const number = /^[-−+]?[\d.]+(?:e[-+]?\d+)?(?![\w/])/.exec(text);
  return number ? Number(number[0].replace('−', '-')) : text;
}
