/** How much larger than in CI a storm runs; `npm run soak` sets it. */
export const soak = Number(process.env.CLIENTELE_SOAK ?? 1);

/** A size of a storm: `small` in CI, `full` in a soak. */
export const size = (small: number, full: number): number => (soak > 1 ? full : small);
