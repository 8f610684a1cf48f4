/** B₂ₖ / (2k (2k − 1)), k = 1 … 7: the coefficients of Stirling's series. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** From here on the seven terms are exact to a double: the eighth is below .03 / 15¹⁵. */
const far = 15;

/**
 * ln Γ(x) for x > 0: Stirling's series (Abramowitz & Stegun 6.1.40) after Γ(x) = Γ(x + m) / (x (x + 1) … (x + m − 1)) has moved x
 * to where it holds.
 */
export function logGamma(x: number): number {
  let product = 1;
  let moved = x;
  while (moved < far) product *= moved++;
  let series = 0;
  for (let k = stirling.length - 1; k >= 0; k--) series = series / moved ** 2 + stirling[k];
  return (moved - 0.5) * Math.log(moved) - moved + 0.5 * Math.log(2 * Math.PI) + series / moved - Math.log(product);
}
