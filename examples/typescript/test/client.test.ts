/** What the client makes of a server's stream, against servers in this process that break the contract. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";

import { ClocheClient, ProtocolError, Refusal, TechniqueError } from "../src/client.js";
import {
  DiagnosticsSchema, ExecutionService, type ExecuteStreamResponseSchema,
} from "../src/gen/cloche/v1/execution_pb.js";
import { ErrorInfoSchema } from "../src/gen/google/rpc/error_details_pb.js";
import { encode } from "../src/wire.js";

type Message = MessageInitShape<typeof ExecuteStreamResponseSchema>;

function chunk(data: Uint8Array, total: number): Message {
  return { event: { case: "resultChunk", value: { data, totalBytes: BigInt(total) } } };
}

const ACCEPTED: Message = { event: { case: "accepted", value: { options: { resultMaxBytes: 100n } } } };
const DONE: Message = { event: { case: "done", value: {} } };

function run(...messages: Message[]): Promise<unknown> {
  const transport = createRouterTransport(({ service }) =>
    service(ExecutionService, {
      async *executeStream() {
        yield ACCEPTED;
        yield* messages;
      },
    }));
  return new ClocheClient(transport).run({ source: "" });
}

test("chunks are joined in order", async () => {
  const data = encode(["a".repeat(10), 7]);
  const size = data.length;
  const pieces = [chunk(data.subarray(0, 5), size), chunk(data.subarray(5), size)];
  assert.deepEqual(await run(...pieces, DONE), ["a".repeat(10), 7]);
});

test("a message without an event, which a silent stream sends, is nothing", async () => {
  const data = encode(7);
  assert.equal(await run({}, chunk(data, data.length), {}, DONE), 7);
});

test("a result that is not what was announced is no result", async () => {
  const data = encode([1, 2, 3]);
  const short = [chunk(data.subarray(0, 2), data.length), DONE];
  await assert.rejects(run(...short), /2 of 4 bytes of result arrived/);
  await assert.rejects(run(chunk(data, 3), DONE), /more than the 3 bytes/);
  await assert.rejects(run(chunk(data.subarray(0, 2), 4), chunk(data.subarray(2), 5), DONE), /then 5/);
  await assert.rejects(run(chunk(data, 2 ** 50)), /where the call allows 100/);
  await assert.rejects(run(DONE), ProtocolError);
  await assert.rejects(run(chunk(data, data.length)), /before the call was done/);
});

test("an exception of the technique is thrown with its traceback", async () => {
  const failure = { type: "ValueError", message: "no text", traceback: "Traceback ..." };
  await assert.rejects(run({ event: { case: "done", value: { failure } } }), (error) => {
    assert(error instanceof TechniqueError);
    assert.deepEqual([error.type, error.message, error.traceback], Object.values(failure));
    return true;
  });
});

test("a status is thrown as a refusal with its details", async () => {
  const transport = createRouterTransport(({ service }) =>
    service(ExecutionService, {
      getServerInfo() {
        const info = create(ErrorInfoSchema, { domain: "cloche", reason: "POLICY" });
        const found = create(DiagnosticsSchema, { items: [{ code: "import-refused", line: 3 }] });
        throw new ConnectError("refused", Code.InvalidArgument, undefined, [
          { desc: ErrorInfoSchema, value: info }, { desc: DiagnosticsSchema, value: found },
        ]);
      },
    }));
  await assert.rejects(new ClocheClient(transport).info(), (error) => {
    assert(error instanceof Refusal);
    assert.deepEqual([error.code, error.reason], ["InvalidArgument", "POLICY"]);
    assert.equal(error.diagnostics[0]!.line, 3);
    return true;
  });
});
