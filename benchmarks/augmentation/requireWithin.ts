/** Checks named amounts. @throws RangeError naming the first that is not within `least` … `most` */
export function requireWithin(amounts: Readonly<Record<string, number>>, least: number, most: number): void {
  for (const [name, amount] of Object.entries(amounts)) {
    if (!(amount >= least && amount <= most)) {
      throw new RangeError(`invalid ${name}: ${amount} (allowed: ${least} to ${most})`);
    }
  }
}
