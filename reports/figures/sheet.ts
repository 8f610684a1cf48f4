import type { SKRSContext2D } from '@napi-rs/canvas';

/** A figure that can be drawn in any format. */
export interface Sheet {
  /** In points. */
  readonly width: number;
  readonly height: number;
  /** What it shows, for those who cannot see it. */
  readonly description: string;
  /** Draws in units of a quarter of a point, as {@link ../charts/theme.ts!px} has them. */
  draw(context: SKRSContext2D): void;
}
