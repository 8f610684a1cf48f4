import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

/** The figures' font family: an alias of our own, so that an installed font of the same name can never be taken instead. */
export const fontFamily = 'stabgap-sans';

const files = ['dejavu-fonts-ttf/ttf/DejaVuSans.ttf', 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'];
let registered = false;

/** Makes the fonts known to the canvas. Without them a machine that has no fonts would draw figures without any text. */
export function registerFonts(): void {
  if (registered) return;
  const { resolve } = createRequire(import.meta.url);
  for (const file of files) {
    if (GlobalFonts.registerFromPath(resolve(file), fontFamily) === null) {
      throw new Error(`the canvas refused the font ${file}; reinstall the package dejavu-fonts-ttf`);
    }
  }
  registered = true;
}
