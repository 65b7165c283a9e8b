/** The value codec: msgpack with Cloche's extension types, as docs/wire.md specifies. */

export { decode } from "./reader.js";
export * from "./values.js";
export { encode } from "./writer.js";
