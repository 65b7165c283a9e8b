/** What the shared vectors do not say: JavaScript's own side of the codec. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Float, Tensor, WireError, decode, encode, type Value } from "../src/wire.js";

function back(value: Value): Value {
  return decode(encode(value));
}

test("a whole number is an int, and a float where it is said to be one", () => {
  assert.deepEqual(encode(1), Uint8Array.of(1));
  assert.equal(encode(new Float(1))[0], 0xcb);
  assert.equal(encode(-0)[0], 0xcb);
  assert(Object.is(back(-0), -0));
});

test("an int that a number holds is a number, a larger one a bigint", () => {
  assert.equal(back(2n ** 53n - 1n), Number.MAX_SAFE_INTEGER);
  assert.equal(back(2n ** 53n), 2n ** 53n);
  assert.equal(back(-(2n ** 200n)), -(2n ** 200n));
});

test("objects travel as maps and come back as Map", () => {
  const found = back({ b: 1, a: [true, null] });
  assert.deepEqual(found, new Map<Value, Value>([["b", 1], ["a", [true, null]]]));
});

test("a view into a larger buffer travels as what it shows", () => {
  const all = Float32Array.of(0, 1, 2, 3, 4);
  const found = back(new Tensor("float32", [2], all.subarray(1, 3))) as Tensor;
  assert.deepEqual(found.data, Float32Array.of(1, 2));
});

test("a tensor of hundreds of kilobytes comes back", () => {
  const numbers = Float64Array.from({ length: 100_000 }, (_, index) => index / 3);
  assert.deepEqual((back([new Tensor("float64", [1000, 100], numbers)]) as Tensor[])[0]!.data, numbers);
});

test("511 lists inside each other come back, and 512 are refused both ways", () => {
  const nested = (depth: number): Value => (depth === 0 ? 1 : [nested(depth - 1)]);
  assert.deepEqual(back(nested(511)), nested(511));
  assert.throws(() => encode(nested(512)), WireError);
  assert.throws(() => decode(new Uint8Array(513).fill(0x91)), /nested too deep/);
});

test("what does not travel is said", () => {
  const cycle: Value[] = [];
  cycle.push(cycle);
  assert.throws(() => encode(cycle), /contains itself/);
  assert.throws(() => encode("\ud800"), /surrogate/);
  assert.throws(() => encode(undefined as unknown as Value), /undefined does not travel/);
  assert.throws(() => encode([new Date()] as unknown as Value), /Date does not travel/);
  assert.throws(() => encode((() => 1) as unknown as Value), /function does not travel/);
});

test("a tensor that is not what its shape says is refused at once", () => {
  assert.throws(() => Tensor.float32([1, 2, 3], [2]), /takes 8 bytes, not 12/);
  assert.throws(() => new Tensor("float33", [1], new Uint8Array(4)), /unknown dtype/);
  assert.throws(() => new Tensor("bool", [1], Uint8Array.of(2)), /0 or 1/);
  assert.throws(() => new Tensor("complex64", [1], Float32Array.of(1, 2)).toFloat32(), /complex64/);
});
