/** Extension codes. Their payloads are specified in docs/wire.md. */

import type { TensorKind } from "./values.js";

export const TUPLE = 3;
export const COMPLEX = 4;
export const BIG_INT = 5;
export const SET = 6;
export const FROZEN_SET = 7;
export const TIMESTAMP = -1;

export const ELEMENTS: ReadonlyMap<number, TensorKind> = new Map([
  [1, "torch"],
  [2, "numpy"],
  [8, "scalar"],
]);

/** Extensions may stand inside each other this deep, arrays and maps that deep. */
export const MAX_EXTENSIONS = 64;
export const MAX_CONTAINERS = 511;
export const MAX_DIMENSIONS = 64;
