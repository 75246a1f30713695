import { createServer } from "node:net";
import { pageAddress } from "#commands/dashboard/ask-for-link.ts";
import type { HttpSettings, Settings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import { exchange } from "#requests/exchange.ts";

const limits = { timeLimitMs: 3_000, maxBytes: 16_384 };

/** What would keep the page from being seen. `guardPid`: the daemon runs, and should serve it. */
export async function pageWarnings(
  { http, dryRun }: Pick<Settings, "http" | "dryRun">,
  guardPid: number | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (http === undefined || dryRun) return [];
  const because =
    guardPid === undefined ? await whyNotFree(http) : await whyNotServed(http, signal);
  return because === undefined ? [] : [`the page: ${because}`];
}

async function whyNotServed(http: HttpSettings, signal: AbortSignal): Promise<string | undefined> {
  const page = pageAddress(http);
  try {
    const asked = { signal, partOf: "asking for the page" };
    const { status, text } = await exchange(new URL("/health", page), asked, limits);
    const isOurs = [200, 503].includes(status) && /^(un)?healthy$|^ok$/.test(text);
    return isOurs ? undefined : `what listens at ${page} is not the guard`;
  } catch (error) {
    return `${page} does not answer although the daemon runs: ${wordsOf(error)}. Reload it, and see its log`;
  }
}

function whyNotFree({ host, port }: HttpSettings): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) =>
      resolve(`cannot listen on ${host} port ${port}: ${error.message}`),
    );
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** `page: http://127.0.0.1:8092/, and https://guard.example.com; open it with runpodboss dashboard`. */
export function pageLines({ http }: Pick<Settings, "http">, command: string): readonly string[] {
  if (http === undefined) return [];
  const where = [pageAddress(http), ...(http.publicUrl === undefined ? [] : [http.publicUrl])];
  return [`page: ${where.join(", and ")}; to open it: ${command} dashboard`];
}

/** `null`: nothing is served. */
export function pageJson({ http }: Pick<Settings, "http">): object | null {
  if (http === undefined) return null;
  return {
    address: pageAddress(http),
    public_url: http.publicUrl ?? null,
    is_remote_allowed: http.isRemoteAllowed,
  };
}
