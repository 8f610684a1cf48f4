import type { TableCell } from './types.ts';

/**
 * Which of a column's values are best and second best, as they are shown: values that look alike share a place. None where all look
 * alike; of two places none is second, since that would underline the worst.
 *
 * @param shown values as they are printed; null where there is none
 * @example places(['0.91', '0.91', '0.85', null, '0.2'], 'higher') // ['best', 'best', 'second', null, null]
 */
export function places(shown: readonly (string | null)[], direction: 'higher' | 'lower'): TableCell['place'][] {
  const values = [...new Set(shown.flatMap((text) => (text === null ? [] : [Number(text)])))].toSorted((a, b) =>
    direction === 'higher' ? b - a : a - b,
  );
  if (values.length < 2) return shown.map(() => null);
  return shown.map((text) => {
    if (text === null) return null;
    const place = values.indexOf(Number(text));
    if (place === 0) return 'best';
    return place === 1 && values.length > 2 ? 'second' : null;
  });
}
