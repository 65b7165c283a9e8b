/** What travels besides JavaScript's own values. The format is written down in docs/wire.md. */

/** Bytes that are no value, or a value that does not travel. */
export class WireError extends Error {
  override name = "WireError";
}

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Float
  | Complex
  | Timestamp
  | Tensor
  | Tuple
  | FrozenSet
  | Record
  | Named
  | Set<Value>
  | Map<Value, Value>
  | Value[]
  | { [name: string]: Value };

/** A number that Python is to get as a float, although it is whole. A plain 1 arrives as an int. */
export class Float {
  constructor(readonly value: number) {}
}

export class Complex {
  constructor(readonly real: number, readonly imaginary: number) {}
}

/** A moment: seconds since 1970 and what is left, in nanoseconds. */
export class Timestamp {
  constructor(readonly seconds: bigint, readonly nanoseconds: number) {}
}

export class Tuple {
  constructor(readonly items: readonly Value[]) {}
}

export class FrozenSet {
  constructor(readonly items: ReadonlySet<Value>) {}
}

/**
 * An object by its fields, in their order: a model's output, an instance of a dataclass. `kind` is
 * "tuple" where Python counts the fields too: a namedtuple, a layer of a cache.
 */
export class Record {
  constructor(
    readonly typeName: string,
    readonly fields: ReadonlyMap<string, Value>,
    readonly kind: "map" | "tuple" = "map",
  ) {}
}

/** A value that is a few others under a name: new Named("range", [0, 10, 2]). See docs/wire.md. */
export class Named {
  constructor(readonly kind: string, readonly items: readonly Value[]) {}
}

export type Elements =
  | Uint8Array | Uint16Array | Uint32Array | BigUint64Array
  | Int8Array | Int16Array | Int32Array | BigInt64Array
  | Float32Array | Float64Array;

type ElementsOf = new (buffer: ArrayBufferLike) => Elements;

interface ElementType {
  /** Bytes of one element. */
  readonly size: number;
  /** How JavaScript sees them; complex numbers as pairs, what it has no type for as bytes. */
  readonly view: ElementsOf;
  /** For floats that JavaScript has no type for: how their bits are laid out. */
  readonly float?: FloatLayout;
}

interface FloatLayout {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /** ieee: infinities and NaNs at the top; fn: one NaN, no infinity; fnuz: and no minus zero. */
  readonly kind: "ieee" | "fn" | "fnuz";
}

function layout(
  exponentBits: number, mantissaBits: number, bias: number, kind: FloatLayout["kind"],
): FloatLayout {
  return { exponentBits, mantissaBits, bias, kind };
}

/** The element types that may travel, by their name on the wire. */
export const DTYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["bool", { size: 1, view: Uint8Array }],
  ["uint8", { size: 1, view: Uint8Array }],
  ["uint16", { size: 2, view: Uint16Array }],
  ["uint32", { size: 4, view: Uint32Array }],
  ["uint64", { size: 8, view: BigUint64Array }],
  ["int8", { size: 1, view: Int8Array }],
  ["int16", { size: 2, view: Int16Array }],
  ["int32", { size: 4, view: Int32Array }],
  ["int64", { size: 8, view: BigInt64Array }],
  ["float16", { size: 2, view: Uint8Array, float: layout(5, 10, 15, "ieee") }],
  ["float32", { size: 4, view: Float32Array }],
  ["float64", { size: 8, view: Float64Array }],
  ["complex64", { size: 8, view: Float32Array }],
  ["complex128", { size: 16, view: Float64Array }],
  ["bfloat16", { size: 2, view: Uint8Array, float: layout(8, 7, 127, "ieee") }],
  ["float8_e4m3fn", { size: 1, view: Uint8Array, float: layout(4, 3, 7, "fn") }],
  ["float8_e4m3fnuz", { size: 1, view: Uint8Array, float: layout(4, 3, 8, "fnuz") }],
  ["float8_e5m2", { size: 1, view: Uint8Array, float: layout(5, 2, 15, "ieee") }],
  ["float8_e5m2fnuz", { size: 1, view: Uint8Array, float: layout(5, 2, 16, "fnuz") }],
]);

/** "torch" arrives as a torch tensor, "numpy" as an array, "scalar" as a numpy scalar. */
export type TensorKind = "torch" | "numpy" | "scalar";

/**
 * Numbers of one type in C order: `data` is a typed array, with pairs for complex numbers, and the
 * bare bytes of float16, bfloat16 and float8, which `toFloat32` widens.
 */
export class Tensor {
  readonly data: Elements;

  constructor(
    readonly dtype: string,
    readonly shape: readonly number[],
    data: Elements,
    readonly kind: TensorKind = "torch",
  ) {
    const type = DTYPES.get(dtype);
    if (type === undefined) throw new WireError(`unknown dtype ${JSON.stringify(dtype.slice(0, 40))}`);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const expected = shape.reduce((product, length) => product * length, 1) * type.size;
    if (bytes.length !== expected) {
      throw new WireError(`${dtype}[${shape.join(", ")}] takes ${expected} bytes, not ${bytes.length}`);
    }
    if (dtype === "bool" && bytes.some((byte) => byte > 1)) {
      throw new WireError("a bool is the byte 0 or 1");
    }
    // A copy, so that the elements stand where their type wants them.
    this.data = data instanceof type.view ? data : new type.view(bytes.slice().buffer);
  }

  static float32(numbers: ArrayLike<number>, shape: readonly number[]): Tensor {
    return new Tensor("float32", shape, Float32Array.from(numbers));
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.data.buffer, this.data.byteOffset, this.data.byteLength);
  }

  /** Each element as a number; exact for all floats up to float32. Not for complex numbers. */
  toFloat32(): Float32Array {
    if (this.dtype.startsWith("complex")) throw new WireError(`${this.dtype} is no float32`);
    const float = DTYPES.get(this.dtype)?.float;
    if (float !== undefined) return widened(this.bytes(), float);
    return Float32Array.from(this.data as ArrayLike<number | bigint>, Number);
  }
}

function widened(bytes: Uint8Array, { exponentBits, mantissaBits, bias, kind }: FloatLayout): Float32Array {
  const bits = 1 + exponentBits + mantissaBits;
  const codes = bits === 8 ? bytes : new Uint16Array(bytes.slice().buffer);
  const top = 2 ** exponentBits - 1;
  return Float32Array.from(codes, (code) => {
    const sign = code >> (bits - 1) ? -1 : 1;
    const exponent = (code >> mantissaBits) & top;
    const mantissa = code & (2 ** mantissaBits - 1);
    if (kind === "ieee" && exponent === top) return mantissa ? NaN : sign * Infinity;
    if (kind === "fn" && exponent === top && mantissa === 2 ** mantissaBits - 1) return NaN;
    if (kind === "fnuz" && sign < 0 && exponent === 0 && mantissa === 0) return NaN;
    const fraction = mantissa / 2 ** mantissaBits;
    return sign * (exponent ? (1 + fraction) * 2 ** (exponent - bias) : fraction * 2 ** (1 - bias));
  });
}

if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
  throw new Error("this example puts elements as they lie in memory on a little-endian wire");
}
