import type { Readable, Writable } from "node:stream";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { oneLine } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import { withinLimit } from "#within-limit.ts";
import { createAsking } from "./asking.ts";
import { createCalls } from "./calls.ts";
import type { McpDeps } from "./deps.ts";
import { createServer } from "./server.ts";

/** A longer message is no call of these tools. */
const longestLineBytes = 1024 * 1024;

/** So much may wait for a client that does not read. */
const mostUnreadBytes = 4 * 1024 * 1024;

/** What is said of a client's faults at most, so that it cannot fill a log. */
const mostFaultsSaid = 20;
const longestFault = 300;

export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable;
}

/**
 * Serves one client until it closes its end, or the signal comes; then the calls at work are told, and hardly
 * waited for. Throws a UserError where the client is to blame for the end.
 */
export async function serve(
  { stdin, stdout }: Streams,
  deps: McpDeps,
  interrupted: AbortSignal,
): Promise<void> {
  const calls = createCalls(deps.clock);
  const shared = { calls, asking: createAsking() };
  const wire = new StdioServerTransport(stdin, stdout, { maxBufferSize: longestLineBytes });
  let fault: string | undefined;
  let said = 0;
  const complain = (words: string): void => {
    fault = oneLine(words).slice(0, longestFault);
    said += 1;
    if (said <= mostFaultsSaid) deps.say(`The client: ${fault}`);
  };

  const send = wire.send.bind(wire);
  wire.send = async (message) => {
    if (stdout.writableLength > mostUnreadBytes) {
      complain("it does not read what it is answered");
      await wire.close();
      return;
    }
    await send(message);
  };
  const shut = wire.close.bind(wire);
  // The transport closes itself by this, too, when its input ends.
  const closed = new Promise<void>((resolve) => {
    wire.close = () => shut().finally(resolve);
  });
  const handle = serveStdio(() => createServer(deps, shared), {
    transport: wire,
    onerror: ({ message }) => complain(message),
  });
  const close = (): void => void handle.close();
  interrupted.addEventListener("abort", close);
  if (interrupted.aborted) close();
  await closed;
  interrupted.removeEventListener("abort", close);
  const isItsEnd = stdin.readableEnded || stdin.destroyed || interrupted.aborted;
  await withinLimit(calls.over(), deps.paces.shutdownLimitMs, deps.clock, interrupted).catch(
    () => undefined,
  );
  if (!isItsEnd) throw new UserError(`The connection was closed: ${fault ?? "nobody knows why"}.`);
}
