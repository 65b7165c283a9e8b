/** Extension codes. Their payloads are specified in docs/wire.md. */

import type { TensorKind } from "./values.js";

export const TUPLE = 3;
export const COMPLEX = 4;
export const BIG_INT = 5;
export const SET = 6;
export const FROZEN_SET = 7;
export const RECORD = 9;
export const RECORD_TUPLE = 10;
export const NAMED = 11;
export const TIMESTAMP = -1;

export const ELEMENTS: ReadonlyMap<number, TensorKind> = new Map([
  [1, "torch"],
  [2, "numpy"],
  [8, "scalar"],
]);

/** The kinds of named values. */
export const KINDS: ReadonlySet<string> = new Set([
  "range", "slice", "datetime", "date", "time", "timedelta", "decimal", "fraction", "uuid",
  "torch.dtype", "torch.device", "numpy.dtype", "numpy.time", "numpy.texts",
]);

/** Extensions may stand inside each other this deep, arrays and maps that deep. */
export const MAX_EXTENSIONS = 64;
export const MAX_CONTAINERS = 511;
export const MAX_DIMENSIONS = 64;
