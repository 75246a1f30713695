import type { Unread } from "#guard/model/holdings.ts";
import type { Json } from "#runpod/readings.ts";
import { addressOf } from "#runpod/rest/address.ts";
import type { Answered, Ask } from "#runpod/rest/ask.ts";
import { withScope } from "#runpod/rest/scopes.ts";

/** One answer of RunPod, or why there is none. */
export type Read = { readonly kind: "read"; readonly value: Json } | Unread;

export interface Reader {
  /** Reads what is at a path; `scope` is what the key needs for it. Never throws. */
  get(
    path: string | URL,
    scope: string,
    signal: AbortSignal,
    query?: Readonly<Record<string, string>>,
  ): Promise<Read>;
  /** The same answer, as whoever reads page by page wants it. */
  ask(url: URL, scope: string, signal: AbortSignal): Promise<Answered>;
}

const mostAtOnce = 4;

/**
 * Asks for several things beside each other, and only reads. Once RunPod asks for fewer requests, nothing
 * more is sent.
 */
export function createReader(base: string, send: Ask): Reader {
  const within = atMost(mostAtOnce);
  let slow: Answered | undefined;

  async function ask(url: URL, scope: string, signal: AbortSignal): Promise<Answered> {
    const answered = await within(async () => {
      const told = slow ?? (await send(url, { signal }));
      // Before the next one begins.
      if (told.kind === "refused" && told.status === 429) slow = told;
      return told;
    });
    return answered.kind === "told" ? answered : withScope(answered, scope);
  }

  return {
    ask,
    async get(path, scope, signal, query = {}) {
      const url = typeof path === "string" ? addressOf(base, path) : path;
      if (url === undefined) return unread("the address of REST is none");
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const answered = await ask(url, scope, signal);
      if (answered.kind === "told") return { kind: "read", value: answered.body };
      const isMissing = answered.status === 404 || answered.status === 405;
      return unread(isMissing ? `RunPod has no such page (${answered.because})` : answered.because);
    },
  };
}

export function unread(because: string): Unread {
  return { kind: "unread", because };
}

function atMost(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
