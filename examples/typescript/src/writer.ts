/** Value → bytes. Written by hand: the libraries for msgpack write no maps with other keys than texts. */

import * as ext from "./extensions.js";
import {
  Complex, Float, FrozenSet, Named, Record, Tensor, Timestamp, Tuple, WireError, type Value,
} from "./values.js";

/** Returns `value` as msgpack. Throws WireError for what does not travel. */
export function encode(value: Value): Uint8Array {
  const writer = new Writer();
  writer.value(value, 0, 0);
  return writer.written();
}

class Writer {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  written(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  value(value: Value, containers: number, extensions: number): void {
    if (containers > ext.MAX_CONTAINERS || extensions > ext.MAX_EXTENSIONS) {
      throw new WireError("nested too deep, or contains itself");
    }
    const items = (code: number, content: Iterable<Value>): void =>
      this.extension(code, payload((inner) => inner.value([...content], containers, extensions + 1)));
    if (value === null) this.byte(0xc0);
    else if (value === false) this.byte(0xc2);
    else if (value === true) this.byte(0xc3);
    else if (typeof value === "number") this.number(value);
    else if (typeof value === "bigint") this.int(value);
    else if (typeof value === "string") this.text(value);
    else if (value instanceof Float) this.float(value.value);
    else if (value instanceof Uint8Array) this.bin(value);
    else if (value instanceof Tensor) this.tensor(value);
    else if (value instanceof Tuple) items(ext.TUPLE, value.items);
    else if (value instanceof Set) items(ext.SET, value);
    else if (value instanceof FrozenSet) items(ext.FROZEN_SET, value.items);
    else if (value instanceof Record) {
      const { typeName, fields, kind } = value;
      const code = kind === "map" ? ext.RECORD : ext.RECORD_TUPLE;
      items(code, [typeName, ...fields.keys(), ...fields.values()]);
    } else if (value instanceof Named) items(ext.NAMED, [value.kind, ...value.items]);
    else if (value instanceof Complex) {
      this.extension(ext.COMPLEX, payload((inner) => {
        inner.f64(value.real);
        inner.f64(value.imaginary);
      }));
    } else if (value instanceof Timestamp) this.timestamp(value);
    else if (Array.isArray(value)) {
      this.header(value.length, 0x90, 15, 0xdc);
      for (const item of value) this.value(item, containers + 1, extensions);
    } else if (value instanceof Map || isPlain(value)) {
      const entries = value instanceof Map ? [...value] : Object.entries(value);
      this.header(entries.length, 0x80, 15, 0xde);
      for (const [key, item] of entries) {
        this.value(key, containers + 1, extensions);
        this.value(item, containers + 1, extensions);
      }
    } else throw new WireError(`${describe(value)} does not travel`);
  }

  private number(value: number): void {
    // Minus zero is whole, and lost as an int.
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.int(BigInt(value));
    else this.float(value);
  }

  private int(value: bigint): void {
    if (value >= -32n && value < 128n) this.byte(Number(value) & 0xff);
    else if (value >= 0n && value < 1n << 64n) this.sized(0xcc, value, BigInt.asUintN);
    else if (value < 0n && value >= -(1n << 63n)) this.sized(0xd0, value, BigInt.asIntN);
    else this.extension(ext.BIG_INT, twosComplement(value));
  }

  /** An int in the fewest of 1, 2, 4 or 8 bytes that `fit` says hold it. */
  private sized(first: number, value: bigint, fit: (bits: number, value: bigint) => bigint): void {
    const step = [8, 16, 32, 64].findIndex((bits) => fit(bits, value) === value);
    this.byte(first + step);
    this.big(value, 1 << step);
  }

  private float(value: number): void {
    this.byte(0xcb);
    this.f64(value);
  }

  private text(value: string): void {
    if (/\p{Surrogate}/u.test(value)) {
      throw new WireError("a lone surrogate in a text does not travel");
    }
    const bytes = new TextEncoder().encode(value);
    if (bytes.length < 32) this.byte(0xa0 + bytes.length);
    else this.lengthIn(0xd9, bytes.length);
    this.raw(bytes);
  }

  private bin(value: Uint8Array): void {
    this.lengthIn(0xc4, value.length);
    this.raw(value);
  }

  private tensor(tensor: Tensor): void {
    const header = encode([tensor.dtype, [...tensor.shape]]);
    const code = [...ext.ELEMENTS].find(([, kind]) => kind === tensor.kind)?.[0] ?? 0;
    this.extension(code, payload((inner) => {
      inner.big(BigInt(header.length), 2);
      inner.raw(header);
      inner.raw(tensor.bytes());
    }));
  }

  private timestamp({ seconds, nanoseconds }: Timestamp): void {
    this.extension(ext.TIMESTAMP, payload((inner) => {
      if (seconds < 0n || seconds >= 1n << 34n) {
        inner.big(BigInt(nanoseconds), 4);
        inner.big(seconds, 8);
      } else if (nanoseconds || seconds >= 1n << 32n) {
        inner.big((BigInt(nanoseconds) << 34n) | seconds, 8);
      } else inner.big(seconds, 4);
    }));
  }

  private extension(code: number, content: Uint8Array): void {
    const fixed = [1, 2, 4, 8, 16].indexOf(content.length);
    if (fixed >= 0) this.byte(0xd4 + fixed);
    else this.lengthIn(0xc7, content.length);
    this.byte(code & 0xff);
    this.raw(content);
  }

  /** A header of one byte up to `most`, else one with 16 or 32 bits. */
  private header(count: number, small: number, most: number, first: number): void {
    if (count <= most) this.byte(small + count);
    else if (count < 1 << 16) {
      this.byte(first);
      this.big(BigInt(count), 2);
    } else {
      this.byte(first + 1);
      this.big(BigInt(count), 4);
    }
  }

  /** `first`, or the next or the one after it, and a length in 8, 16 or 32 bits. */
  private lengthIn(first: number, length: number): void {
    if (length >= 2 ** 32) throw new WireError("msgpack carries less than 4 GiB in one piece");
    const step = length < 1 << 8 ? 0 : length < 1 << 16 ? 1 : 2;
    this.byte(first + step);
    this.big(BigInt(length), 1 << step);
  }

  private byte(value: number): void {
    this.room(1);
    this.bytes[this.length++] = value;
  }

  private f64(value: number): void {
    this.room(8);
    this.view.setFloat64(this.length, value);
    this.length += 8;
  }

  /** An int's lowest bytes, big-endian. */
  private big(value: bigint, size: number): void {
    for (let byte = size - 1; byte >= 0; byte--) {
      this.byte(Number((value >> BigInt(8 * byte)) & 0xffn));
    }
  }

  private raw(content: Uint8Array): void {
    this.room(content.length);
    this.bytes.set(content, this.length);
    this.length += content.length;
  }

  private room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

function payload(write: (inner: Writer) => void): Uint8Array {
  const inner = new Writer();
  write(inner);
  return inner.written();
}

function twosComplement(value: bigint): Uint8Array {
  let size = 1;
  while (BigInt.asIntN(8 * size, value) !== value) size++;
  return Uint8Array.from({ length: size }, (_, index) =>
    Number((value >> BigInt(8 * (size - 1 - index))) & 0xffn));
}

function isPlain(value: unknown): value is { [name: string]: Value } {
  return typeof value === "object" && value !== null
    && [Object.prototype, null].includes(Object.getPrototypeOf(value) as null);
}

function describe(value: unknown): string {
  return typeof value === "object" ? (value?.constructor.name ?? "an object") : typeof value;
}
