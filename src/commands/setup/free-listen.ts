import { createServer } from "node:net";
import { listenOf } from "#config/http/listen.ts";
import { listAccounts } from "#config/accounts/listed.ts";
import { maxConfigBytes } from "#config/paths.ts";
import { parseJsonc, withoutNotes } from "#config/reading/jsonc.ts";
import { readSmallFile } from "#read-file.ts";
import { type Current, pageOf, usualListen } from "./answers/current.ts";

const host = "127.0.0.1";
const usualPort = 8092;
/** So many are tried; beyond that the usual one is proposed, and the daemon says that it is taken. */
const mostTried = 1_000;

/**
 * Where a page can be served: at the usual port, or at the next that nobody listens on and that neither the
 * usual config nor an account names. A second account on one machine has a page of its own.
 */
export async function freeListen(
  { path }: Pick<Current, "path">,
  isFree: (port: number) => Promise<boolean> = isPortFree,
): Promise<string> {
  const named = await portsOfOthers(path);
  for (let port = usualPort; port < usualPort + mostTried; port += 1) {
    if (!named.includes(port) && (await isFree(port))) return `${host}:${port}`;
  }
  return usualListen;
}

/** The ports of the usual config and the accounts, where this one is another: their daemons may not run now. */
async function portsOfOthers(path: string): Promise<readonly (number | undefined)[]> {
  const { accounts } = await listAccounts();
  const others = accounts.filter(({ configPath }) => configPath !== path);
  return Promise.all(others.map(({ configPath }) => portOf(configPath)));
}

async function portOf(config: string): Promise<number | undefined> {
  const content = await readSmallFile(config, { maxBytes: maxConfigBytes });
  if (content.kind !== "read") return undefined;
  try {
    const raw = withoutNotes(parseJsonc(content.text, config)) as Record<string, unknown>;
    const listen = pageOf({ raw });
    const where = listen === undefined ? undefined : listenOf(listen);
    return where?.kind === "listen" ? where.port : undefined;
  } catch {
    // What it says is not known; who listens is.
    return undefined;
  }
}

/** Whether this machine's own programs can listen there. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
