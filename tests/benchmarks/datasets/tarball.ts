import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A tar archive of files, by their paths, in the order given; a path that ends in a slash is a folder. */
export async function tarOf(files: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) archive.entry({ name, type: 'directory' });
    else archive.entry({ name }, Buffer.from(content));
  }
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The same, gzipped. */
export async function tarballOf(files: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  return gzipSync(await tarOf(files));
}
