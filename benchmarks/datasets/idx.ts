import { UserError } from '../../base/index.ts';

const UNSIGNED_BYTE = 0x08;

const typeNames = new Map([
  [UNSIGNED_BYTE, 'unsigned byte'],
  [0x09, 'signed byte'],
  [0x0b, 'short'],
  [0x0c, 'int'],
  [0x0d, 'float'],
  [0x0e, 'double'],
]);

export interface IdxArray {
  readonly shape: readonly number[];
  /** `shape`, row by row: a view of the decoded bytes, not a copy. */
  readonly data: Uint8Array;
}

/**
 * Decodes an idx file of unsigned bytes, the format of MNIST: two zero bytes, a type code, the number of dimensions, each
 * dimension as a big-endian 32-bit integer, then the values with the last dimension changing fastest.
 *
 * @param bytes the whole unpacked file
 * @param file the file's name, for errors
 * @param dimensions the number of dimensions that it must have
 * @throws UserError when the file is not idx, of another type or number of dimensions, truncated, or followed by other bytes
 * @see http://yann.lecun.com/exdb/mnist/
 */
export function decodeIdx(bytes: Uint8Array, file: string, dimensions: number): IdxArray {
  const fail = (problem: string): never => {
    throw new UserError(`${file}: ${problem}; get the file again from its source`);
  };
  const headerLength = 4 + 4 * dimensions;

  if (bytes.length < 4) fail(`truncated: ${bytes.length} bytes, too short for an idx header`);
  if (bytes[0] !== 0 || bytes[1] !== 0) fail(`not an idx file: it must start with two zero bytes`);
  if (!typeNames.has(bytes[2])) fail(`not an idx file: unknown type code ${bytes[2]}`);
  if (bytes[2] !== UNSIGNED_BYTE) fail(`holds ${typeNames.get(bytes[2])} values, expected unsigned byte`);
  if (bytes[3] !== dimensions) fail(`has ${bytes[3]} dimensions, expected ${dimensions}`);
  if (bytes.length < headerLength) fail(`truncated: ${bytes.length} bytes, its header alone takes ${headerLength}`);

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = shape.reduce((product, length) => product * length, 1);
  const found = bytes.length - headerLength;
  const wanted = `${shape.join(' x ')} values`;
  if (found < expected) fail(`truncated: ${found} of its ${wanted} (${expected} bytes)`);
  if (found > expected) fail(`${found - expected} bytes follow its ${wanted}`);

  return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + headerLength, expected) };
}
