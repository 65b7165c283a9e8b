/** A small client: one call at a time, its events as they come, its result whole. */

import { connect } from "node:net";

import { type MessageInitShape } from "@bufbuild/protobuf";
import {
  Code, ConnectError, createClient, type Client, type Interceptor, type Transport,
} from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";

import {
  DiagnosticsSchema, ExecutionService, type Accepted, type CallOptionsSchema, type Diagnostic,
  type ExecuteStreamResponse, type GetServerInfoResponse, type Log, type Output, type Progress, type Usage,
} from "./gen/cloche/v1/execution_pb.js";
import { ErrorInfoSchema } from "./gen/google/rpc/error_details_pb.js";
import { decode, encode, type Value } from "./wire.js";

/** The server would not run the call, or ended it: docs/errors.md lists the reasons. */
export class Refusal extends Error {
  override name = "Refusal";

  constructor(
    readonly code: string,
    readonly reason: string,
    message: string,
    readonly diagnostics: readonly Diagnostic[],
  ) {
    super(message);
  }
}

/** The technique raised an exception. */
export class TechniqueError extends Error {
  override name = "TechniqueError";

  constructor(readonly type: string, message: string, readonly traceback: string) {
    super(message);
  }
}

/** The server broke the contract: never a shorter result. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
}

export interface Technique {
  /** Python source. */
  source: string;
  /** The function to call; left out, the only one at top level. */
  entryPoint?: string;
}

export interface Arguments {
  /** After model and tokenizer. */
  args?: Value[];
  kwargs?: { [name: string]: Value };
  options?: MessageInitShape<typeof CallOptionsSchema>;
}

export type Event =
  | { kind: "accepted"; accepted: Accepted }
  | { kind: "output"; output: Output }
  | { kind: "log"; log: Log }
  | { kind: "progress"; progress: Progress }
  | { kind: "done"; result: Value; resultBytes: number; chunks: number; usage: Usage | undefined };

/** What a shared server asks for, as docs/sharing.md says. */
export interface Credentials {
  /** clk_... */
  token?: string | undefined;
  /** The certificate, PEM, of who has signed the server's. With it calls go over TLS. */
  ca?: string | undefined;
}

export class ClocheClient {
  private readonly stub: Client<typeof ExecutionService>;

  /** `server`: "host:port", "unix:/path", or a transport of one's own. */
  constructor(server: string | Transport, credentials: Credentials = {}) {
    const transport = typeof server === "string" ? transportTo(server, credentials) : server;
    this.stub = createClient(ExecutionService, transport);
  }

  async info(): Promise<GetServerInfoResponse> {
    return await refusing(() => this.stub.getServerInfo({}));
  }

  /** Runs a technique and returns its result. */
  async run(technique: Technique, call: Arguments = {}): Promise<Value> {
    for await (const event of this.stream(technique, call)) {
      if (event.kind === "done") return event.result;
    }
    throw new ProtocolError("the stream ended without its last event");
  }

  /** Runs a technique and yields what happens; `done`, which holds the result, comes last. */
  async *stream(technique: Technique, call: Arguments = {}): AsyncGenerator<Event, void> {
    const request = {
      call: {
        technique: { source: technique.source, entryPoint: technique.entryPoint ?? "" },
        args: encode(call.args ?? []),
        kwargs: encode(call.kwargs ?? {}),
        options: call.options ?? {},
      },
    };
    try {
      yield* read(this.stub.executeStream(request));
    } catch (error) {
      throw asRefusal(error);
    }
  }
}

/** Puts a call's result together, held to the size that its first chunk announces. */
async function* read(messages: AsyncIterable<ExecuteStreamResponse>): AsyncGenerator<Event, void> {
  let chunks = 0;
  let arrived = 0;
  let result: Uint8Array | undefined;
  let most = 0n;
  for await (const { event } of messages) {
    // A message without an event, which a silent stream sends now and then, falls through, as does an event of a newer server.
    switch (event.case) {
      case "accepted":
        most = event.value.options?.resultMaxBytes ?? 0n;
        yield { kind: "accepted", accepted: event.value };
        break;
      case "output":
        yield { kind: "output", output: event.value };
        break;
      case "log":
        yield { kind: "log", log: event.value };
        break;
      case "progress":
        yield { kind: "progress", progress: event.value };
        break;
      case "resultChunk": {
        const { data, totalBytes } = event.value;
        // Before room is made for it: a server may announce anything.
        if (totalBytes > most) {
          throw new ProtocolError(`a result of ${totalBytes} bytes where the call allows ${most}`);
        }
        result ??= new Uint8Array(Number(totalBytes));
        if (BigInt(result.length) !== totalBytes) {
          throw new ProtocolError(`${result.length} bytes of result were announced, then ${totalBytes}`);
        }
        if (arrived + data.length > result.length) {
          throw new ProtocolError(`more than the ${result.length} bytes of result that were announced`);
        }
        result.set(data, arrived);
        arrived += data.length;
        chunks += 1;
        break;
      }
      case "done": {
        const { failure, usage } = event.value;
        if (failure !== undefined) {
          throw new TechniqueError(failure.type, failure.message, failure.traceback);
        }
        if (result === undefined || arrived !== result.length) {
          throw new ProtocolError(`${arrived} of ${result?.length ?? "some"} bytes of result arrived`);
        }
        yield { kind: "done", result: decode(result), resultBytes: arrived, chunks, usage };
        return;
      }
    }
  }
  throw new ProtocolError("the stream ended before the call was done");
}

function transportTo(address: string, { token, ca }: Credentials): Transport {
  const interceptors: Interceptor[] = token === undefined ? [] : [
    (next) => (request) => {
      request.header.set("authorization", `Bearer ${token}`);
      return next(request);
    },
  ];
  if (address.startsWith("unix:")) {
    const path = address.slice("unix:".length);
    const nodeOptions = { createConnection: () => connect(path) };
    return createGrpcTransport({ baseUrl: "http://localhost", nodeOptions, interceptors });
  }
  if (ca !== undefined) {
    return createGrpcTransport({ baseUrl: `https://${address}`, nodeOptions: { ca }, interceptors });
  }
  if (token !== undefined) throw new Error("a token goes over TLS only: give the CA's certificate too");
  return createGrpcTransport({ baseUrl: `http://${address}` });
}

async function refusing<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asRefusal(error);
  }
}

/** What a gRPC status says; its details come in the trailer grpc-status-details-bin. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof ConnectError)) return error;
  const info = error.findDetails(ErrorInfoSchema).find(({ domain }) => domain === "cloche");
  const diagnostics = error.findDetails(DiagnosticsSchema).flatMap(({ items }) => items);
  return new Refusal(Code[error.code], info?.reason ?? "", error.rawMessage, diagnostics);
}
