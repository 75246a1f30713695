import { join } from "node:path";
import type { HttpSettings } from "#config/settings.ts";
import type { ButtonsFor } from "#effects/send-notice.ts";
import type { HttpDeps, HttpInForce } from "#http/deps.ts";
import type { Links } from "#http/links/links.ts";
import { createAskedEnds } from "#http/operations/asked-ends.ts";
import type { Metrics } from "#http/metrics/metrics.ts";
import type { createOperations, OperationsParts } from "#http/operations/create-operations.ts";
import type { PageFiles } from "#http/page-files.ts";
import type { Listening } from "#http/server.ts";
import { createAskedEndsFile } from "#store/asked-ends-file.ts";
import { activityTokenFileOf, askedEndsFileOf, tokenFileOf } from "#store/paths.ts";
import { tokenIn } from "#store/token-file.ts";
import { wordsOf } from "./errors.ts";
import type { Live } from "./live.ts";
import type { Log } from "./log.ts";
import type { Paces } from "./paces.ts";
import type { Clock } from "./ports.ts";
import type { realLinks } from "./real-links.ts";
import type { WatchTools } from "./wiring.ts";
import { withinLimit } from "./within-limit.ts";

export interface PageParts {
  readonly live: Live;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "page" | "health" | "counts">;
  /** What there is to see of the daemon, and what a person can ask it for. */
  readonly tools: Pick<WatchTools, "engine" | "memory" | "turns" | "view">;
  readonly paces: Paces;
  /** The daemon ends: so does what people have asked for. */
  readonly interrupted: AbortSignal;
  /** Undefined: it cannot be served, or is served again. */
  readonly onTrouble: (because: string | undefined) => void;
  readonly hide: (secrets: readonly string[]) => void;
  readonly againMs: number;
}

/** The page, served as the settings in force say. */
export interface Page {
  /** Other settings are in force. */
  follow(): void;
  /** None where nothing is served. Right after a start it waits for the page. */
  readonly buttonsFor: ButtonsFor;
  /** Serves nothing any more. Never throws, and hardly takes any time. */
  close(): Promise<void>;
}

/** To read or make the tokens, or to let a port go. */
const limitMs = 30_000;
/** At the end, what was asked for may say how far it is, and connections may be cut. */
const idleLimitMs = 10_000;
const closeLimitMs = 2_000;

/**
 * Serves from now on, and tries again where it cannot. Nothing here ever throws, or is waited for: the guard goes on
 * whatever becomes of its page.
 */
export function servePage(parts: PageParts): Page {
  const { live, log, clock, tools } = parts;
  const over = new AbortController();
  let served:
    | { readonly by: string; readonly listening: Listening; readonly settings: HttpInForce }
    | undefined;
  let links: Links | undefined;
  let wasTried = (): void => undefined;
  const tried = new Promise<void>((resolve) => {
    wasTried = resolve;
  });
  let wake = new AbortController();
  const askedEnds = live.settings().dryRun
    ? undefined
    : createAskedEnds(createAskedEndsFile(askedEndsFileOf(live.settings().stateFile)), clock);
  /** They go on while the page is served elsewhere. */
  let operations: Operating | undefined;

  const linksNow = (make: typeof realLinks): Links =>
    (links ??= make({
      live,
      clock,
      state: parts.tools.memory.state,
      inForce: () => served?.settings,
    }));
  /** Also where nothing is served any more: it may be again. */
  const giveBack: OperationsParts["giveBack"] = async (mark, operationId) => {
    const { realLinks: make } = await import("./real-links.ts");
    await linksNow(make).giveBack(mark, operationId);
  };

  const stop = async (): Promise<void> => {
    const { listening } = served ?? {};
    served = undefined;
    if (listening !== undefined) await withinLimit(listening.close(), limitMs, clock);
  };

  const ended = (because: Error): void => {
    log.warn({ because: because.message }, "page ended");
    served = undefined;
    wake.abort();
  };

  /** Undefined: all is as it should be. */
  const turn = async (): Promise<string | undefined> => {
    try {
      const { http, stateFile } = live.settings();
      const wanted = http && (await withinLimit(withTokens(http, stateFile), limitMs, clock));
      const by = JSON.stringify(wanted);
      if (over.signal.aborted || by === served?.by) return undefined;
      await stop();
      if (wanted === undefined) return undefined;
      const secrets = [wanted.token, wanted.activityToken];
      live.hide(secrets);
      parts.hide(secrets);
      const { host, port } = wanted;
      // Read only where it is used: a guard without a page has none of it in its memory.
      const {
        createApp,
        createOperations,
        listen,
        realLinks: make,
        pageFiles,
      } = await withinLimit(partsToServe(), limitMs, clock);
      if (pageFiles.size === 0) log.warn({ folders: pageFolders }, "page not built");
      operations ??= operating(createOperations, parts, { askedEnds, giveBack });
      const app = createApp(httpDepsOf(wanted, pageFiles, parts, operations, linksNow(make)));
      const listening = await listen(app, { host, port, onEnd: ended });
      served = { by, listening, settings: wanted };
      void parts.tools.view.begin(over.signal);
      if (over.signal.aborted) await stop();
      else log.info({ address: addressOf(wanted), open: "runpodboss dashboard" }, "page served");
      return undefined;
    } catch (error) {
      // What was served before had another token, and whoever changes one may do so because others know it.
      await stop().catch((late: unknown) =>
        log.warn({ because: wordsOf(late) }, "page not closed"),
      );
      return whyNotServed(error, live.settings().http);
    }
  };

  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      wake = new AbortController();
      const { signal } = wake;
      const because = await turn();
      wasTried();
      if (over.signal.aborted) return;
      parts.onTrouble(because);
      if (because === undefined) await untilAborted(signal);
      else await clock.sleepUntil(clock.nowMs() + parts.againMs, signal);
    }
  };
  /** What people have asked an earlier daemon for is seen to, also where no page is served any more. */
  const resume = async (): Promise<void> => {
    const what = "what was asked for on the page";
    const { ends = [], because } = (await askedEnds?.before) ?? {};
    const atMs = clock.nowMs();
    void tools.engine.take(
      because === undefined
        ? { kind: "recovered", what, atMs }
        : { kind: "trouble", what, because, atMs },
    );
    if (ends.length === 0) return;
    const { createOperations } = await import("#http/operations/create-operations.ts");
    operations ??= operating(createOperations, parts, { askedEnds, giveBack });
  };
  void resume().catch((error: unknown) =>
    log.error({ because: wordsOf(error) }, "what was asked for is not seen to"),
  );
  const running = run();

  return {
    follow: () => wake.abort(),
    async buttonsFor(notice, look) {
      if (live.settings().http?.publicUrl === undefined) return [];
      await tried;
      return links?.buttonsFor(notice, look) ?? [];
    },
    async close() {
      over.abort();
      wake.abort();
      try {
        if (parts.interrupted.aborted)
          await withinLimit(operations?.idle() ?? done, idleLimitMs, clock);
        await withinLimit(running.then(stop), closeLimitMs, clock);
      } catch (error) {
        log.warn({ because: wordsOf(error) }, "page not closed");
      }
    },
  };
}

const done = Promise.resolve();

/** Beside what is bundled, or where it is built. */
const pageFolders = ["page", "../dist/page"].map((path) => join(import.meta.dirname, path));

async function partsToServe() {
  const [{ createApp }, { createOperations }, { listen }, { realLinks }, { readPageFiles }] =
    await Promise.all([
      import("#http/app.ts"),
      import("#http/operations/create-operations.ts"),
      import("#http/server.ts"),
      import("./real-links.ts"),
      import("#http/page-files.ts"),
    ]);
  const pageFiles = await readPageFiles(pageFolders);
  return { createApp, createOperations, listen, realLinks, pageFiles };
}

type Operating = ReturnType<typeof createOperations>;

function operating(
  create: typeof createOperations,
  parts: PageParts,
  { askedEnds, giveBack }: Pick<OperationsParts, "askedEnds" | "giveBack">,
): Operating {
  const { live, log, clock, tools, paces, interrupted } = parts;
  const { memory, turns, view, engine } = tools;
  const { redact } = live;
  const made = create({
    memory,
    turns,
    paces,
    log,
    redact,
    interrupted,
    onChange: view.operated,
    askedEnds,
    giveBack,
    note: ({ podId, podName }, because, isTold) =>
      engine.take({ kind: "noted", atMs: clock.nowMs(), podId, podName, because, isTold }),
  });
  view.showOperations(made.latest);
  return made;
}

async function withTokens(http: HttpSettings, stateFile: string): Promise<HttpInForce> {
  return {
    ...http,
    token: http.token ?? (await tokenIn(tokenFileOf(stateFile))),
    activityToken: http.activityToken ?? (await tokenIn(activityTokenFileOf(stateFile))),
  };
}

function httpDepsOf(
  settings: HttpInForce,
  pageFiles: PageFiles,
  { live, log, clock, metrics, tools }: PageParts,
  operations: Operating,
  links: Links,
): HttpDeps {
  return {
    settings: () => settings,
    isDryRun: () => live.settings().dryRun,
    pageFiles,
    clock,
    log,
    redact: live.redact,
    view: tools.view,
    operations,
    links,
    metrics: metrics.page,
    health: metrics.health,
    counts: metrics.counts,
  };
}

function addressOf({ host, port }: HttpSettings): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
}

function whyNotServed(error: unknown, http: HttpSettings | undefined): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const where = http === undefined ? "" : `${http.host} port ${http.port}`;
  switch (code) {
    case "EADDRINUSE":
      return `the page is not served: another program listens on ${where}. End that one, or choose another port in http.listen`;
    case "EADDRNOTAVAIL":
      return `the page is not served: this machine has no address ${where}. Correct http.listen`;
    case "EACCES":
      return `the page is not served: this user may not listen on ${where}. Choose a port above 1023`;
    default:
      return `the page is not served: ${wordsOf(error)}`;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
