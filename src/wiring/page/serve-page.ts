import { join } from "node:path";
import type { HttpSettings } from "#config/settings.ts";
import type { ButtonsFor } from "#effects/send-notice.ts";
import type { HttpInForce } from "#http/deps.ts";
import type { Links } from "#http/links/links.ts";
import type { Took, Wish } from "#http/links/wishes.ts";
import type { Listening } from "#http/server.ts";
import { wordsOf } from "#errors.ts";
import { withinLimit } from "#within-limit.ts";
import { operatingOf } from "./operating.ts";
import type { realLinks } from "./links.ts";
import type { PageParts } from "./parts.ts";
import { withTokens } from "./tokens.ts";
import { whyNotServed } from "./why-not-served.ts";

/** The page, served as the settings in force say. */
export interface Page {
  /** Other settings are in force. */
  follow(): void;
  /** None where nothing is served and there is no guard outside. Right after a start it waits for the page. */
  readonly buttonsFor: ButtonsFor;
  /** As if it were pressed here, also where nothing is served. */
  readonly takeWish: (wish: Wish) => Promise<Took>;
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
  const { live, log, clock, tools, metrics } = parts;
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
  const linksNow = (make: typeof realLinks): Links =>
    (links ??= make({
      live,
      clock,
      state: tools.memory.state,
      take: (input) => tools.engine.take(input),
      inForce: () => served?.settings,
    }));
  const linksMade = async (): Promise<Links> => linksNow((await import("./links.ts")).realLinks);
  /** They go on while the page is served elsewhere. A button may be good again also where nothing is served any more. */
  const operating = operatingOf(parts, async (mark, operationId) => {
    await (await linksMade()).giveBack(mark, operationId);
  });

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

  const serve = async (wanted: HttpInForce): Promise<Listening> => {
    const { createApp, listen, makeLinks, pageFiles } = await withinLimit(
      partsToServe(),
      limitMs,
      clock,
    );
    if (pageFiles.size === 0) log.warn({ folders: pageFolders }, "page not built");
    const operations = await withinLimit(operating.operations(), limitMs, clock);
    const app = createApp({
      settings: () => wanted,
      isDryRun: () => live.settings().dryRun,
      pageFiles,
      clock,
      log,
      redact: live.redact,
      view: tools.view,
      operations,
      links: linksNow(makeLinks),
      metrics: metrics.page,
      health: metrics.health,
      counts: metrics.counts,
    });
    const { host, port } = wanted;
    return listen(app, { host, port, onEnd: ended });
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
      const secrets = [wanted.token, wanted.activityToken, wanted.metricsToken];
      live.hide(secrets);
      parts.hide(secrets);
      served = { by, listening: await serve(wanted), settings: wanted };
      void tools.view.begin(over.signal);
      if (over.signal.aborted) await stop();
      else
        log.info(
          {
            address: addressOf(wanted),
            open: `${live.policy().podGuards.command} dashboard`,
          },
          "page served",
        );
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
  const running = run();
  const takerMade = async (): Promise<(wish: Wish) => Promise<Took>> => {
    const { createWishTaker } = await import("#http/links/wishes.ts");
    const [itsLinks, operations] = await Promise.all([linksMade(), operating.operations()]);
    return createWishTaker({ links: itsLinks, operations, redact: live.redact });
  };
  let taker: Promise<(wish: Wish) => Promise<Took>> | undefined;

  return {
    follow: () => wake.abort(),
    async buttonsFor(notice, look) {
      const { http, outside } = live.settings();
      if (http?.publicUrl === undefined && outside === undefined) return [];
      await tried;
      return (await linksMade()).buttonsFor(notice, look);
    },
    async takeWish(wish) {
      taker ??= takerMade();
      const take = await taker.catch((error: unknown) => {
        taker = undefined;
        throw error;
      });
      return take(wish);
    },
    async close() {
      over.abort();
      wake.abort();
      try {
        if (parts.interrupted.aborted) await withinLimit(operating.idle(), idleLimitMs, clock);
        await withinLimit(running.then(stop), closeLimitMs, clock);
      } catch (error) {
        log.warn({ because: wordsOf(error) }, "page not closed");
      }
    },
  };
}

/** Beside what is bundled, or where it is built. */
const pageFolders = ["page", "../../../dist/page"].map((path) => join(import.meta.dirname, path));

/** Read only where it is used: a guard without a page has none of it in its memory. */
async function partsToServe() {
  const [{ createApp }, { listen }, { realLinks: makeLinks }, { readPageFiles }] =
    await Promise.all([
      import("#http/app.ts"),
      import("#http/server.ts"),
      import("./links.ts"),
      import("#http/page-files.ts"),
    ]);
  const pageFiles = await readPageFiles(pageFolders);
  return { createApp, listen, makeLinks, pageFiles };
}

function addressOf({ host, port }: HttpSettings): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
