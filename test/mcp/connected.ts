import { PassThrough } from "node:stream";
import {
  Client,
  type ClientOptions,
  type CallToolResult,
  type ElicitResult,
} from "@modelcontextprotocol/client";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { TestContext } from "vitest";
import { createClock } from "#clock.ts";
import { serve } from "#mcp/serve.ts";
import type { Paces } from "#paces.ts";
import { createRedactor } from "#redact.ts";
import { apiKey, type Guard } from "../e2e/guard.ts";
import { shortPaces } from "../short-paces.ts";

/** How a client speaks: as they did up to 2025, or as they do since. */
export type Era = "legacy" | "auto";

export interface ConnectOptions {
  readonly era?: Era;
  /** What the person answers who is asked; without it the client can ask nobody. */
  readonly answer?: (message: string) => ElicitResult | Promise<ElicitResult>;
  readonly paces?: Partial<Paces>;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Connected {
  readonly client: Client;
  /** What standard error has been told. */
  readonly said: readonly string[];
  /** Each line that the server has written. */
  readonly lines: readonly string[];
  readonly toServer: PassThrough;
  /** Settles when the server is over. */
  readonly over: Promise<void>;
  readonly interrupt: () => void;
  /** From now on it reads nothing. */
  readonly goDeaf: () => void;
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<CallToolResult>;
}

const quick = { findMs: [10, 50, 100], lookEveryMs: 50 };

/** A real client of the server, which runs in this process. */
export async function connected(
  { onTestFinished }: TestContext,
  guard: Pick<Guard, "config" | "folder">,
  { era = "legacy", answer, paces = {}, env = {} }: ConnectOptions = {},
): Promise<Connected> {
  const [toServer, fromServer] = [new PassThrough(), new PassThrough()];
  const said: string[] = [];
  const written: string[] = [];
  fromServer.on("data", (chunk: Buffer) => written.push(chunk.toString()));
  const interrupting = new AbortController();
  let secrets: readonly string[] = [];
  const over = serve(
    { stdin: toServer, stdout: fromServer },
    {
      configPath: guard.config,
      env: { HOME: guard.folder, PATH: process.env["PATH"], RUNPOD_API_KEY: apiKey, ...env },
      paces: { ...shortPaces, launch: quick, ...paces },
      clock: createClock(),
      hide: (more) => (secrets = [...secrets, ...more]),
      redact: (text) => createRedactor(secrets)(text),
      say: (line) => said.push(line),
    },
    interrupting.signal,
  );
  const client = new Client({ name: "test-client", version: "1" }, optionsOf(era, answer));
  if (answer !== undefined) {
    client.setRequestHandler("elicitation/create", ({ params }) => answer(params.message));
  }
  onTestFinished(async () => {
    await client.close();
    toServer.end();
    interrupting.abort();
    await over.catch(() => undefined);
  });
  // Lines are lines in either direction: what serves a server serves a client, too.
  await client.connect(new StdioServerTransport(fromServer, toServer));
  return {
    client,
    said,
    get lines() {
      return written.join("").split("\n").slice(0, -1);
    },
    toServer,
    over,
    interrupt: () => interrupting.abort(),
    goDeaf: () => void fromServer.pause(),
    call: (name, args = {}) => client.callTool({ name, arguments: args }),
  };
}

function optionsOf(era: Era, answer: unknown): ClientOptions {
  return {
    versionNegotiation: { mode: era },
    capabilities: answer === undefined ? {} : { elicitation: {} },
  };
}

/** The words of a result. */
export function wordsOf({ content }: CallToolResult): string {
  return content.map((each) => (each.type === "text" ? each.text : each.type)).join("\n");
}

/** What came of a call: its words when it was an error, else its data. */
export function cameOf(result: CallToolResult): unknown {
  return result.isError === true ? { error: wordsOf(result) } : result.structuredContent;
}
