const tiny = 1e-300;
const enough = 2 ** -52;
const limit = 1_000_000;

/**
 * The continued fraction 1 / (b₀ + a₁ / (b₁ + a₂ / (b₂ + …))) by the modified Lentz method (Thompson & Barnett 1986), to the
 * last bit or two. `term(m)` gives [aₘ, bₘ]; a₀ is not used.
 */
export function continuedFraction(term: (m: number) => readonly [a: number, b: number]): number {
  const nonZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = nonZero(term(0)[1]);
  let d = 0;
  let denominator = c;
  for (let m = 1; m < limit; m++) {
    const [a, b] = term(m);
    d = 1 / nonZero(b + a * d);
    c = nonZero(b + a / c);
    denominator *= c * d;
    if (Math.abs(c * d - 1) <= enough) break;
  }
  return 1 / denominator;
}
