import { crc32 } from 'node:zlib';
import { createCanvas, PDFDocument, SvgExportFlag, type SKRSContext2D } from '@napi-rs/canvas';
import { registerFonts } from '../charts/fonts.ts';
import { paper, px } from '../charts/theme.ts';
import { escapeHtml } from '../page/markup.ts';
import type { Sheet } from './sheet.ts';

export const figureFormats = ['pdf', 'svg', 'png'] as const;
export type FigureFormat = (typeof figureFormats)[number];

/** Dots per inch of bitmaps: what journals ask of line drawings. */
export const dotsPerInch = 600;

/**
 * A sheet as a file. `pdf` is vectors with the fonts embedded, `svg` is vectors with the text as outlines, so that neither depends on the fonts of
 * a machine; `png` has {@link dotsPerInch} and says so. Same sheet, same bytes.
 */
export async function renderSheet(sheet: Sheet, format: FigureFormat): Promise<Uint8Array> {
  registerFonts();
  if (format === 'pdf') return renderPdf(sheet);
  if (format === 'svg') return Buffer.from(renderSheetSvg(sheet));
  const scale = dotsPerInch / 72;
  const canvas = createCanvas(Math.round(sheet.width * scale), Math.round(sheet.height * scale));
  draw(sheet, canvas.getContext('2d'), scale);
  // Encoded off the main thread: to encode in place would keep every bitmap until the loop comes to rest.
  return withResolution(await canvas.encode('png'));
}

function draw(sheet: Sheet, context: SKRSContext2D, unitsPerPoint: number): void {
  context.scale(unitsPerPoint / px(1), unitsPerPoint / px(1));
  context.fillStyle = paper;
  context.fillRect(0, 0, px(sheet.width), px(sheet.height));
  sheet.draw(context);
}

function renderPdf(sheet: Sheet): Uint8Array {
  // No date is written, nor an id drawn by lot, unless one asks for them.
  const document = new PDFDocument({ title: sheet.description, creator: 'stabgap' });
  const context = document.beginPage(sheet.width, sheet.height);
  draw(sheet, context as unknown as SKRSContext2D, 1);
  document.endPage();
  return document.close();
}

/** @param text whether letters become outlines, or stay text that needs the font wherever it is read */
export function renderSheetSvg(sheet: Sheet, text: 'outlines' | 'letters' = 'outlines'): string {
  registerFonts();
  const flag = text === 'outlines' ? SvgExportFlag.ConvertTextToPaths : SvgExportFlag.NoPrettyXML;
  const canvas = createCanvas(Math.ceil(px(sheet.width)), Math.ceil(px(sheet.height)), flag);
  draw(sheet, canvas.getContext('2d'), px(1));
  const head = `width="${short(sheet.width)}pt" height="${short(sheet.height)}pt" viewBox="0 0 ${short(px(sheet.width))} ${short(px(sheet.height))}" role="img"`;
  const svg = canvas.getContent().toString();
  // The canvas counts clip paths over all drawings of the process.
  const clips = [...new Set(svg.match(/\bcl_[0-9a-f]+\b/g))];
  return `${svg
    .replace(
      /^[^]*?<svg ([^>]*?) width="\d+" height="\d+">/,
      `<svg $1 ${head}><title>${escapeHtml(sheet.description)}</title>`,
    )
    .replace(/\bcl_[0-9a-f]+\b/g, (id) => `clip${clips.indexOf(id) + 1}`)
    .replace(/ d="[^"]*"/g, (path) => path.replace(/-?\d+\.\d{2,}/g, (n) => String(Math.round(Number(n) * 10) / 10)))
    .replace(/\n\s*/g, '\n')
    .trimEnd()}\n`;
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

/** The bitmap with its resolution, from which programs take its size in print: a chunk after the head, whose length the format fixes. */
function withResolution(png: Uint8Array): Uint8Array {
  const afterHead = 8 + 25;
  const chunk = Buffer.alloc(4 + 4 + 9 + 4);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  const perMetre = Math.round(dotsPerInch / 0.0254);
  chunk.writeUInt32BE(perMetre, 8);
  chunk.writeUInt32BE(perMetre, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, afterHead), chunk, png.subarray(afterHead)]);
}
