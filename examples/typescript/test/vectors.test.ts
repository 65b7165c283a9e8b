/** The vectors that every language shares: tests/vectors/README.md says what their members mean. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  Complex, DTYPES, Float, FrozenSet, Named, Record, Tensor, Timestamp, Tuple, WireError, decode, encode,
  type TensorKind, type Value,
} from "../src/wire.js";

type Description = { [kind: string]: any };
interface Vector {
  name: string;
  bytes: string;
  value: Description;
  as_float32?: string;
}

const KINDS: { [kind: string]: TensorKind } = { tensor: "torch", array: "numpy", scalar: "scalar" };

function vectors(file: string): Vector[] {
  const folder = new URL("../../../../tests/vectors/", import.meta.url);
  return JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Vector[];
}

function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

function float(bits: string): number {
  return Buffer.from(bits, "hex").readDoubleBE();
}

function build(description: Description): Value {
  const [kind, content] = Object.entries(description)[0]!;
  switch (kind) {
    case "nil": case "bool": case "str": return content;
    case "int": return BigInt(content);
    case "float": return new Float(float(content));
    case "complex": return new Complex(float(content[0]), float(content[1]));
    case "bin": return hex(content);
    case "list": return content.map(build);
    case "tuple": return new Tuple(content.map(build));
    case "set": return new Set<Value>(content.map(build));
    case "frozenset": return new FrozenSet(new Set<Value>(content.map(build)));
    case "map":
      return new Map<Value, Value>(
        content.map(([key, item]: Description[]) => [build(key!), build(item!)]),
      );
    case "record": case "record tuple": {
      const fields = content.fields.map(([name, item]: [string, Description]) => [name, build(item)]);
      return new Record(content.type, new Map(fields), kind === "record" ? "map" : "tuple");
    }
    case "named": return new Named(content.kind, content.items.map(build));
    case "time": return new Timestamp(BigInt(content.seconds), content.nanoseconds);
  }
  const { dtype, shape, data } = content;
  return new Tensor(dtype, shape, hex(data), KINDS[kind]!);
}

/** What describes `value`: numbers as floats or ints after `like`, since JavaScript has one kind. */
function describe(value: Value, like: Description): Description {
  const [kind, content] = Object.entries(like)[0]!;
  const each = (items: Iterable<Value>, of: Description[]): Description[] =>
    [...items].map((item, index) => describe(item, of[index] ?? { nil: null }));
  if (value === null) return { nil: null };
  if (typeof value === "boolean") return { bool: value };
  if (typeof value === "string") return { str: value };
  if (typeof value === "number" && kind === "float") return { float: bits(value) };
  if (typeof value === "number" || typeof value === "bigint") return { int: String(value) };
  if (value instanceof Uint8Array) return { bin: Buffer.from(value).toString("hex") };
  if (value instanceof Complex) return { complex: [bits(value.real), bits(value.imaginary)] };
  if (Array.isArray(value)) return { list: each(value, content) };
  if (value instanceof Tuple) return { tuple: each(value.items, content) };
  if (value instanceof Set) return { set: each(value, content) };
  if (value instanceof FrozenSet) return { frozenset: each(value.items, content) };
  if (value instanceof Map) {
    return { map: [...value].map((pair, index) => each(pair, content[index] ?? [])) };
  }
  if (value instanceof Record) {
    const fields = [...value.fields].map(
      ([name, item], index) => [name, describe(item, content.fields[index][1])]);
    return { [value.kind === "map" ? "record" : "record tuple"]: { type: value.typeName, fields } };
  }
  if (value instanceof Named) {
    return { named: { kind: value.kind, items: each(value.items, content.items) } };
  }
  if (value instanceof Timestamp) {
    return { time: { seconds: String(value.seconds), nanoseconds: value.nanoseconds } };
  }
  assert(value instanceof Tensor);
  const label = Object.keys(KINDS).find((name) => KINDS[name] === value.kind)!;
  const data = Buffer.from(value.bytes()).toString("hex");
  return { [label]: { dtype: value.dtype, shape: value.shape, data } };
}

/** The order of a set means nothing. */
function ordered(description: Description): Description {
  const [kind, content] = Object.entries(description)[0]!;
  if (kind === "set" || kind === "frozenset") {
    return { [kind]: content.map((item: Description) => JSON.stringify(ordered(item))).sort() };
  }
  return description;
}

function bits(number: number): string {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(number);
  return buffer.toString("hex");
}

/** JavaScript does not promise to keep what a NaN carries. */
const NANS = ["float NaN with a payload", "float NaN with its sign set"];

for (const { name, value, bytes, as_float32 } of vectors("values.json")) {
  test(`value: ${name}`, () => {
    const decoded = decode(hex(bytes));
    if (NANS.includes(name)) {
      assert(Number.isNaN(decoded));
      return;
    }
    assert.equal(Buffer.from(encode(build(value))).toString("hex"), bytes);
    assert.deepEqual(ordered(describe(decoded, value)), ordered(value));
    if (as_float32 !== undefined) {
      const expected = new Float32Array(hex(as_float32).buffer);
      assert.deepEqual((decoded as Tensor).toFloat32(), expected);
    }
  });
}

for (const { name, value, bytes } of vectors("accepted.json")) {
  test(`accepted: ${name}`, () => {
    assert.deepEqual(ordered(describe(decode(hex(bytes)), value)), ordered(value));
  });
}

for (const { name, bytes } of vectors("refused.json")) {
  test(`refused: ${name}`, () => {
    assert.throws(() => decode(hex(bytes)), WireError);
  });
}

test("every element type has a vector", () => {
  const dtypes = vectors("values.json").map(({ value }) => value["tensor"]?.dtype);
  assert.deepEqual(new Set(dtypes.filter(Boolean)), new Set(DTYPES.keys()));
});
