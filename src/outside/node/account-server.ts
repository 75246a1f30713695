import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { wordsOf } from "#errors.ts";
import { createWebClock } from "#outside/web-clock.ts";
import { createAccountHost } from "#outside/worker/account-host.ts";
import { accountsIn, type Bindings } from "#outside/worker/accounts.ts";
import { routeTo } from "#outside/worker/worker.ts";
import type { Log } from "#log.ts";
import { keptInFile } from "./kept-in-file.ts";

export interface AccountServerOptions {
  readonly folder: string;
  /** The secrets of all accounts, as a Worker is given them. */
  readonly bindings: Bindings;
  readonly log: Log;
}

interface Hosted {
  readonly host: ReturnType<typeof createAccountHost>;
  /** Sets its alarm as it was kept. */
  resume(): Promise<void>;
  close(): void;
}

/** No timer lasts longer; a clock that is set meanwhile is heeded by then. */
const longestWaitMs = 60_000;

/**
 * The same guard elsewhere, on a machine with Node: its accounts, each in a file of its own in the folder, and their
 * alarms. `resume` goes on where another process was.
 */
export function createAccountServer({ folder, bindings, log }: AccountServerOptions) {
  const hosted = new Map(accountsIn(bindings).map((name) => [name, hostedOf(name)] as const));

  function hostedOf(account: string): Hosted {
    let timer: NodeJS.Timeout | undefined;
    const setAlarm = (atMs: number): void => {
      clearTimeout(timer);
      const leftMs = Math.max(0, atMs - Date.now());
      timer = setTimeout(
        () => (leftMs > longestWaitMs ? setAlarm(atMs) : void host.wake()),
        Math.min(leftMs, longestWaitMs),
      );
    };
    const kept = keptInFile(join(folder, `${account}.json`), setAlarm);
    const host = createAccountHost(kept, bindings, createWebClock());
    return {
      host,
      async resume() {
        const atMs = await kept.wakeAtMs();
        if (atMs !== undefined) setAlarm(atMs);
      },
      close: () => clearTimeout(timer),
    };
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answered = await routeTo(asRequest(incoming), bindings, (account) => {
        const found = hosted.get(account);
        if (found === undefined) throw new Error(`account ${account} is not served`);
        return found.host;
      });
      const headers = Object.fromEntries(answered.headers.entries());
      response.writeHead(answered.status, headers).end(await answered.text());
    } catch (error) {
      log.error({ because: wordsOf(error) }, "a request could not be answered");
      response.writeHead(500).end();
    }
  }

  const server: Server = createServer((incoming, response) => void answer(incoming, response));
  // Whoever sends slowly holds up nobody else, and not for long.
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  return {
    server,
    async resume(): Promise<void> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await Promise.all([...hosted.values()].map((each) => each.resume()));
    },
    close(): void {
      for (const each of hosted.values()) each.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

function asRequest(incoming: IncomingMessage): Request {
  const { method = "GET", url = "/", headers } = incoming;
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const init = { method, headers: given };
  const hasBody = method !== "GET" && method !== "HEAD";
  const address = new URL(url, "http://served");
  return hasBody
    ? new Request(address, { ...init, body: bodyOf(incoming), duplex: "half" })
    : new Request(address, init);
}

function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const pieces: AsyncIterator<Buffer, undefined> = incoming[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
