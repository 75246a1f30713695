import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { stackOf, wordsOf } from "#errors.ts";
import type { Log } from "#log.ts";
import { createWebClock } from "#outside/web-clock.ts";
import { type AccountHost, createAccountHost } from "#outside/worker/account-host.ts";
import { accountsIn, type Bindings } from "#outside/worker/accounts.ts";
import { nothingHere } from "#outside/worker/refusal.ts";
import { routeTo } from "#outside/worker/worker.ts";
import { makeFolder } from "#store/files/atomic-write.ts";
import { withinLimit } from "#within-limit.ts";
import { type KeptDisk, keptInFile } from "./kept-in-file.ts";

export interface AccountServerOptions {
  readonly folder: string;
  /** The secrets of all accounts, as a Worker is given them. */
  readonly bindings: Bindings;
  readonly log: Log;
  readonly disk?: KeptDisk;
}

interface Hosted {
  readonly host: AccountHost;
  /** Sets its alarm as it was kept. */
  resume(): Promise<void>;
  /** Wakes it, whatever it has kept of when. Never throws. */
  tick(): Promise<void>;
  close(): void;
}

/** No timer lasts longer; a clock that is set meanwhile is heeded by then. */
const longestWaitMs = 60_000;
/** As a Worker is called by its cron. */
const ticksApartMs = 10 * 60_000;
/** Whoever opens connections and says nothing takes them from nobody for long. */
const mostConnections = 500;
const folderLimitMs = 5_000;

/**
 * The same guard elsewhere, on a machine with Node: its accounts, each in a file of its own in the folder, and their
 * alarms. `resume` goes on where another process was.
 */
export function createAccountServer({ folder, bindings, log, disk }: AccountServerOptions) {
  const clock = createWebClock();
  const hosted = new Map(accountsIn(bindings).map((name) => [name, hostedOf(name)] as const));
  let ticking: NodeJS.Timeout | undefined;

  function hostedOf(account: string): Hosted {
    const told = logOf(log, account);
    let timer: NodeJS.Timeout | undefined;
    let isClosed = false;
    const setAlarm = (atMs: number | undefined): void => {
      clearTimeout(timer);
      if (isClosed || atMs === undefined) return;
      const leftMs = Math.max(0, atMs - clock.nowMs());
      timer = setTimeout(
        () => (leftMs > longestWaitMs ? setAlarm(atMs) : void wake()),
        Math.min(leftMs, longestWaitMs),
      );
    };
    // Also where nothing was ever kept of it.
    const tick = () => host.fetch(new Request(`http://served/tick/${account}`));
    const waking = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        told.error({ because: wordsOf(error) }, "the account could not be woken; tried again");
        // Whatever it has not come to say of when it is to be woken.
        setAlarm(clock.nowMs() + longestWaitMs);
      }
    };
    const wake = (): Promise<void> => waking(() => host.wake());
    const path = join(folder, `${account}.json`);
    const kept = keptInFile(path, { clock, log: told, onWake: setAlarm, ...(disk && { disk }) });
    const host = createAccountHost(kept, bindings, clock, (_account, redact) =>
      logOf(log, account, redact),
    );
    return {
      host,
      tick: () => waking(tick),
      async resume() {
        try {
          const atMs = await kept.wakeAtMs();
          if (atMs !== undefined) setAlarm(atMs);
        } catch (error) {
          told.error({ because: wordsOf(error) }, "what is kept cannot be read; tried again");
          setAlarm(clock.nowMs() + longestWaitMs);
        }
      },
      close() {
        isClosed = true;
        clearTimeout(timer);
      },
    };
  }

  const hostOf = (account: string): Pick<AccountHost, "fetch"> =>
    hosted.get(account)?.host ?? { fetch: () => Promise.resolve(nothingHere()) };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = asRequest(incoming);
    if (request === undefined) {
      response.writeHead(400).end();
      return;
    }
    try {
      const answered = await routeTo(request, bindings, hostOf);
      response.writeHead(answered.status, [...answered.headers].flat());
      response.end(Buffer.from(await answered.arrayBuffer()));
    } catch (error) {
      // A reader that has gone is nothing to tell of.
      if (!incoming.destroyed) log.error({ stack: stackOf(error) }, "a request was not answered");
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  }

  const server: Server = createServer((incoming, response) => void answer(incoming, response));
  // Whoever sends slowly holds up nobody else, and not for long.
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.maxConnections = mostConnections;
  return {
    server,
    accounts: [...hosted.keys()],
    async resume(): Promise<void> {
      // A folder that cannot be made is told of by the first that is to be kept in it.
      await withinLimit(makeFolder(folder), folderLimitMs, clock).catch(() => undefined);
      await Promise.all([...hosted.values()].map((each) => each.resume()));
      const tick = (): void => {
        for (const each of hosted.values()) void each.tick();
      };
      ticking = setInterval(tick, ticksApartMs);
      tick();
    },
    close(): void {
      clearInterval(ticking);
      for (const each of hosted.values()) each.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

function logOf(log: Log, account: string, redact: (text: string) => string = (text) => text): Log {
  const write =
    (level: keyof Log) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      // Text by text: a secret that is a number may stand in any number.
      const clean = (_key: string, value: unknown): unknown =>
        typeof value === "string" ? redact(value) : value;
      const shown = JSON.stringify({ account, ...fields });
      log[level](JSON.parse(shown, clean) as Readonly<Record<string, unknown>>, message);
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
}

/** Undefined: it is none that anybody would send in earnest. */
function asRequest(incoming: IncomingMessage): Request | undefined {
  try {
    return requestOf(incoming);
  } catch {
    return undefined;
  }
}

function requestOf(incoming: IncomingMessage): Request {
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
