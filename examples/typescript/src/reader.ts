/** Bytes → value. What the bytes claim is checked before it is used. */

import * as ext from "./extensions.js";
import {
  Complex, DTYPES, FrozenSet, Named, Record, Tensor, Timestamp, Tuple, WireError, type TensorKind,
  type Value,
} from "./values.js";

/**
 * Returns the value that `bytes` hold. Maps come as `Map`, in order, whatever their keys; an int
 * that a number cannot hold exactly comes as a bigint.
 */
export function decode(bytes: Uint8Array): Value {
  return whole(bytes, 0);
}

function whole(bytes: Uint8Array, extensions: number): Value {
  if (extensions > ext.MAX_EXTENSIONS) throw new WireError("nested too deep");
  const reader = new Reader(bytes, extensions);
  const value = reader.value(0);
  if (reader.left() > 0) throw new WireError("bytes are left over after the value");
  return value;
}

class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array, private readonly extensions: number) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  left(): number {
    return this.bytes.length - this.at;
  }

  value(depth: number): Value {
    if (depth > ext.MAX_CONTAINERS) throw new WireError("nested too deep");
    const first = this.uint(1);
    if (first < 0x80) return first;
    if (first < 0x90) return this.map(first & 15, depth);
    if (first < 0xa0) return this.array(first & 15, depth);
    if (first < 0xc0) return this.text(first & 31);
    if (first >= 0xe0) return first - 0x100;
    switch (first) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return this.take(this.uint(1 << (first - 0xc4))).slice();
      case 0xc7: case 0xc8: case 0xc9: return this.extension(this.uint(1 << (first - 0xc7)));
      case 0xca: return this.view.getFloat32(this.skip(4));
      case 0xcb: return this.view.getFloat64(this.skip(8));
      case 0xcc: case 0xcd: case 0xce: return this.uint(1 << (first - 0xcc));
      case 0xcf: return number(this.view.getBigUint64(this.skip(8)));
      case 0xd0: return this.view.getInt8(this.skip(1));
      case 0xd1: return this.view.getInt16(this.skip(2));
      case 0xd2: return this.view.getInt32(this.skip(4));
      case 0xd3: return number(this.view.getBigInt64(this.skip(8)));
      case 0xd4: case 0xd5: case 0xd6: case 0xd7: case 0xd8:
        return this.extension(1 << (first - 0xd4));
      case 0xd9: case 0xda: case 0xdb: return this.text(this.uint(1 << (first - 0xd9)));
      case 0xdc: case 0xdd: return this.array(this.uint(2 << (first - 0xdc)), depth);
      case 0xde: case 0xdf: return this.map(this.uint(2 << (first - 0xde)), depth);
    }
    throw new WireError(`0x${first.toString(16)} starts no value`);
  }

  private array(count: number, depth: number): Value[] {
    this.claim(count);
    const items: Value[] = [];
    for (let index = 0; index < count; index++) items.push(this.value(depth + 1));
    return items;
  }

  private map(count: number, depth: number): Map<Value, Value> {
    this.claim(2 * count);
    const found = new Map<Value, Value>();
    for (let index = 0; index < count; index++) {
      const key = hashable(this.value(depth + 1));
      found.set(key, this.value(depth + 1));
    }
    return found;
  }

  private text(size: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(size));
    } catch (error) {
      if (error instanceof WireError) throw error;
      throw new WireError("a text that is no UTF-8");
    }
  }

  private extension(size: number): Value {
    const code = this.view.getInt8(this.skip(1));
    const payload = this.take(size);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const kind = ext.ELEMENTS.get(code);
    if (kind !== undefined) return this.tensor(payload, view, kind);
    switch (code) {
      case ext.TUPLE: return new Tuple(this.items(payload));
      case ext.SET: return new Set(this.items(payload).map(hashable));
      case ext.FROZEN_SET: return new FrozenSet(new Set(this.items(payload).map(hashable)));
      case ext.RECORD: return record(this.items(payload), "map");
      case ext.RECORD_TUPLE: return record(this.items(payload), "tuple");
      case ext.NAMED: return named(this.items(payload));
      case ext.COMPLEX:
        if (size !== 16) throw new WireError(`a complex number takes 16 bytes, not ${size}`);
        return new Complex(view.getFloat64(0), view.getFloat64(8));
      case ext.BIG_INT:
        if (size === 0) throw new WireError("a big int takes one byte at least");
        return number(BigInt.asIntN(8 * size, BigInt(`0x${Buffer.from(payload).toString("hex")}`)));
      case ext.TIMESTAMP: return timestamp(view);
    }
    throw new WireError(`extension ${code} is not one of Cloche's`);
  }

  private items(payload: Uint8Array): Value[] {
    const items = whole(payload, this.extensions + 1);
    if (!Array.isArray(items)) throw new WireError("a tuple, set or record holds an array");
    return items;
  }

  private tensor(payload: Uint8Array, view: DataView, kind: TensorKind): Tensor {
    const start = 2 + (payload.length < 2 ? 0 : view.getUint16(0));
    if (payload.length < start) throw new WireError("an array without a header");
    const header = whole(payload.subarray(2, start), ext.MAX_EXTENSIONS);
    if (!Array.isArray(header) || header.length !== 2 || typeof header[0] !== "string") {
      throw new WireError("an array's header is [dtype, shape]");
    }
    const [dtype, shape] = header;
    if (!DTYPES.has(dtype)) throw new WireError(`unknown dtype ${JSON.stringify(dtype.slice(0, 40))}`);
    if (!Array.isArray(shape) || shape.length > ext.MAX_DIMENSIONS || !shape.every(isLength)) {
      throw new WireError(`a shape is an array of at most ${ext.MAX_DIMENSIONS} whole numbers from 0`);
    }
    if (kind === "scalar" && shape.length > 0) throw new WireError("a scalar has no dimensions");
    return new Tensor(dtype, shape, payload.slice(start), kind);
  }

  /** Each item that a header claims takes a byte at least. */
  private claim(count: number): void {
    if (count > this.left()) throw new WireError("the bytes end before the value does");
  }

  private uint(size: number): number {
    const at = this.skip(size);
    return size === 1 ? this.view.getUint8(at) : size === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  private take(size: number): Uint8Array {
    const at = this.skip(size);
    return this.bytes.subarray(at, at + size);
  }

  private skip(size: number): number {
    this.claim(size);
    this.at += size;
    return this.at - size;
  }
}

function number(value: bigint): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

function isLength(value: Value): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 48;
}

/** Keys of maps and items of sets. Throws WireError for what Python cannot look up. */
function hashable(value: Value): Value {
  if (value instanceof Tuple) value.items.forEach(hashable);
  else if (value instanceof Record) value.fields.forEach(hashable);
  else if (
    Array.isArray(value) || value instanceof Map || value instanceof Set
    || (value instanceof Tensor && value.kind !== "scalar")
  ) {
    throw new WireError("lists, maps, sets and arrays are neither keys nor items of sets");
  }
  return value;
}

function record(items: Value[], kind: Record["kind"]): Record {
  const [typeName, ...rest] = items;
  const names = rest.slice(0, rest.length / 2);
  if (typeof typeName !== "string" || rest.length % 2 > 0 || !names.every(isText)) {
    throw new WireError("a record holds a name, names of fields, and as many values");
  }
  const fields = new Map(names.map((name, index) => [name, rest[names.length + index] as Value]));
  if (fields.size < names.length) throw new WireError("a record names each of its fields once");
  return new Record(typeName, fields, kind);
}

function named(items: Value[]): Named {
  const [kind, ...rest] = items;
  if (!isText(kind) || !ext.KINDS.has(kind)) throw new WireError("no such kind of named value");
  return new Named(kind, rest);
}

function isText(value: Value | undefined): value is string {
  return typeof value === "string";
}

function timestamp(view: DataView): Timestamp {
  let seconds: bigint;
  let nanoseconds = 0;
  if (view.byteLength === 4) seconds = BigInt(view.getUint32(0));
  else if (view.byteLength === 8) {
    const both = view.getBigUint64(0);
    seconds = both & ((1n << 34n) - 1n);
    nanoseconds = Number(both >> 34n);
  } else if (view.byteLength === 12) {
    nanoseconds = view.getUint32(0);
    seconds = view.getBigInt64(4);
  } else throw new WireError("a timestamp takes 4, 8 or 12 bytes");
  if (nanoseconds > 999_999_999) throw new WireError("nanoseconds end at 999999999");
  return new Timestamp(seconds, nanoseconds);
}
