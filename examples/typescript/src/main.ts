/**
 * Asks a Cloche server about itself, runs a technique from a file, sends and receives tensors, follows
 * a call while it runs, and meets a refusal and a failure.
 *
 *     npm start -- ADDRESS TECHNIQUE.py TEXT        as in 127.0.0.1:50051 ../../techniques/next_token.py Hello
 *
 * CLOCHE_TOKEN is a token, and CLOCHE_TLS the file with the certificate of who has signed the server's.
 */

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { ClocheClient, Refusal, TechniqueError } from "./client.js";
import { LogLevel, ServerState, type GetServerInfoResponse } from "./gen/cloche/v1/execution_pb.js";
import { Tensor, Tuple, type Value } from "./wire.js";

const UNIT_ROWS = `
def unit_rows(model, tokenizer, vectors):
    return vectors / vectors.norm(dim=-1, keepdim=True)
`;

const LONG = `
import numpy
import torch
from cloche import progress

def long(model, tokenizer, parts, size):
    numpy.log(numpy.zeros(1))  # numpy warns of this
    found = []
    for part in range(parts):
        progress(part, parts, f"part {part}")
        found.append(torch.full((size,), float(part)))
        print(f"made part {part}")
    return torch.stack(found)
`;

const THIEF = `
def thief(model, tokenizer):
    return open("/etc/passwd").read()
`;

async function main(address: string, path: string, text: string): Promise<void> {
  const { CLOCHE_TOKEN: token, CLOCHE_TLS: file } = process.env;
  const client = new ClocheClient(address, { token, ca: file && readFileSync(file, "utf8") });

  heading("server");
  const { state, model, layers, versions } = await ready(client);
  table([
    ["state", ServerState[state]],
    ["model", model?.architecture ?? ""],
    ["parameters", String(model?.parameters ?? "")],
    ["walls", layers.filter(({ active }) => active).map(({ name }) => name).join(", ")],
    ["cloche", versions["cloche"] ?? ""],
  ]);

  heading(`${path}: ${text}`);
  const technique = { source: readFileSync(path, "utf8") };
  const options = { timeout: { seconds: 60n }, seed: 0n };
  const found = await client.run(technique, { args: [text], kwargs: { top_k: 5 }, options });
  table(rows(found));

  heading("a tensor, there and back");
  const vectors = Tensor.float32([3, 4, 0, 5, 1, 0], [3, 2]);
  const units = await client.run({ source: UNIT_ROWS }, { args: [vectors] });
  if (!(units instanceof Tensor)) throw new Error("a tensor was expected");
  console.log(`${units.dtype} [${units.shape.join(", ")}]`);
  const numbers = [...units.toFloat32()];
  const width = units.shape[1] ?? 1;
  table(units.shape[0] === undefined ? [] : Array.from({ length: units.shape[0] }, (_, row) =>
    numbers.slice(row * width, (row + 1) * width).map((number) => number.toFixed(2))));

  heading("a call while it runs");
  for await (const event of client.stream({ source: LONG }, { args: [3, 1_000_000] })) {
    if (event.kind === "accepted") console.log("accepted");
    else if (event.kind === "output") console.log(`printed: ${visible(event.output.text).trimEnd()}`);
    else if (event.kind === "log") {
      console.log(`${LogLevel[event.log.level].toLowerCase()}: ${visible(event.log.text).trimEnd()}`);
    } else if (event.kind === "progress") {
      const { done, total, note } = event.progress;
      console.log(`progress: ${done}/${total ?? "?"} ${visible(note)}`);
    } else {
      const sum = (event.result as Tensor).toFloat32().reduce((total, number) => total + number, 0);
      console.log(`${event.resultBytes} bytes in ${event.chunks > 1 ? "chunks" : "one chunk"}, sum ${sum}`);
    }
  }

  heading("a refusal");
  try {
    await client.run({ source: THIEF });
    throw new Error("the language wall let a thief through");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.log(`${error.code} ${error.reason}`);
    for (const { line, column, message, hint } of error.diagnostics) {
      console.log(visible(`line ${line}, column ${column}: ${message}; ${hint}`));
    }
  }

  heading("a failure");
  try {
    await client.run(technique, { args: [""] });
    throw new Error("no text, and no complaint");
  } catch (error) {
    if (!(error instanceof TechniqueError)) throw error;
    console.log(visible(`${error.type}: ${error.message}`));
    console.log(visible(error.traceback).trimEnd());
  }
}

/** The server's description, once its model is loaded. */
async function ready(client: ClocheClient): Promise<GetServerInfoResponse> {
  for (;;) {
    const info = await client.info();
    if (info.state !== ServerState.STARTING) return info;
    await sleep(500);
  }
}

/** A result as lines of a table: pairs side by side, maps with their names. */
function rows(value: Value): string[][] {
  if (value instanceof Map) return [...value].map(([name, item]) => [shown(name), shown(item)]);
  if (Array.isArray(value)) {
    return value.map((item) => (item instanceof Tuple ? item.items.map(shown) : [shown(item)]));
  }
  return [[shown(value)]];
}

function shown(value: Value): string {
  if (value instanceof Tensor) return `${value.dtype} [${value.shape.join(", ")}]`;
  if (Array.isArray(value)) return value.map(shown).join(" ");
  if (typeof value === "number" && !Number.isInteger(value)) return value.toPrecision(4);
  return typeof value === "string" ? visible(JSON.stringify(value)) : String(value);
}

function table(lines: string[][]): void {
  const widths = lines.reduce<number[]>((widest, line) =>
    line.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)), []);
  for (const line of lines) {
    console.log(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
  }
}

function heading(text: string): void {
  console.log(`\n== ${visible(text)}`);
}

/** A terminal must not obey what a server or a model wrote: controls become escapes. */
function visible(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, (control) =>
    `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const [address, path, text] = process.argv.slice(2);
if (address === undefined || path === undefined || text === undefined) {
  console.error("usage: npm start -- ADDRESS TECHNIQUE.py TEXT");
  process.exitCode = 2;
} else {
  try {
    await main(address, path, text);
  } catch (error) {
    console.error(visible(String(error)));
    process.exitCode = 1;
  }
}
