import { type FileHandle, open, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elementType } from '../codecs/element-types';
import { bytesOfNumbers, numbersOfBytes } from '../codecs/packed-values';
import type { Tensor } from '../tensor';
import type { RowError } from './tensor-blocks';

/** What a version answered about some rows that follow each other; a row with an error is a part by itself. */
export interface Part {
  readonly from: number;
  readonly rows: number;
  /** By name, with a row for each of `rows`; empty when there is an error. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly error: RowError | null;
}

interface OutputHead {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

export interface PartHead {
  readonly from: number;
  readonly rows: number;
  readonly outputs: readonly OutputHead[];
  readonly error: RowError | null;
}

const lengthBytes = 4;

/** Writes a part; it is there when it is whole. */
export async function writePart(folder: string, version: number, part: Part): Promise<void> {
  const bodies = Object.entries(part.outputs).map(([name, tensor]) => ({
    name,
    tensor,
    bytes: bytesOf(tensor),
  }));
  const head: PartHead = {
    from: part.from,
    rows: part.rows,
    outputs: bodies.map(({ name, tensor: { dtype, shape }, bytes }) => ({
      name,
      dtype,
      shape,
      bytes: bytes.length,
    })),
    error: part.error,
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(text.length);
  const path = join(folder, nameOf(version, part.from));
  await writeFile(`${path}.tmp`, Buffer.concat([length, text, ...bodies.map(({ bytes }) => bytes)]));
  await rename(`${path}.tmp`, path);
}

/** The parts of a version, in the order of their rows. */
export async function partsOf(folder: string, version: number): Promise<readonly string[]> {
  const prefix = nameOf(version, 0).slice(0, -placeDigits);
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && !name.endsWith('.tmp'));
  return names.sort().map((name) => join(folder, name));
}

/** A part that is read piece by piece. */
export class PartReader {
  readonly #file: FileHandle;
  readonly head: PartHead;
  readonly #bodyAt: number;

  private constructor(file: FileHandle, head: PartHead, bodyAt: number) {
    this.#file = file;
    this.head = head;
    this.#bodyAt = bodyAt;
  }

  static async open(path: string): Promise<PartReader> {
    const file = await open(path, 'r');
    const length = (await bytesAt(file, 0, lengthBytes)).readUInt32LE();
    const head = JSON.parse((await bytesAt(file, lengthBytes, length)).toString()) as PartHead; // written by `writePart` alone
    return new PartReader(file, head, lengthBytes + length);
  }

  /** The bytes of an output's numbers; undefined when the part does not have it. */
  async bytes(name: string): Promise<Buffer | undefined> {
    let at = this.#bodyAt;
    for (const output of this.head.outputs) {
      if (output.name === name) return bytesAt(this.#file, at, output.bytes);
      at += output.bytes;
    }
    return undefined;
  }

  async tensor(name: string): Promise<Tensor | undefined> {
    const head = this.head.outputs.find((it) => it.name === name);
    const bytes = await this.bytes(name);
    if (!head || !bytes) return undefined;
    const { dtype, shape } = head;
    if (dtype === 'string') return { dtype, shape, data: JSON.parse(bytes.toString()) as string[] };
    return { dtype, shape, data: numbersOfBytes(elementType(dtype), bytes) };
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const placeDigits = 15;
const nameOf = (version: number, from: number): string =>
  `${version}-${String(from).padStart(placeDigits, '0')}`;

const bytesOf = ({ data }: Tensor): Uint8Array =>
  ArrayBuffer.isView(data) ? bytesOfNumbers(data) : Buffer.from(JSON.stringify(data));

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await file.read(buffer, { position });
  return buffer;
}
