import { once } from "node:events";
import { join } from "node:path";
import { createClock } from "#clock.ts";
import { modeWarnings } from "#config/file-mode.ts";
import { listenOf } from "#config/http/listen.ts";
import { expandHome } from "#config/paths.ts";
import { UserError, wordsOf, exitCodes } from "#errors.ts";
import { createLogger } from "#log.ts";
import { channelSecrets } from "#notify/secrets.ts";
import { createAccountServer } from "#outside/node/account-server.ts";
import { accountsIn, adminTokenName, type Bindings, secretsOf } from "#outside/worker/accounts.ts";
import { identityOf } from "#process/identity.ts";
import { readSmallFile } from "#read-file.ts";
import { takePidLock } from "#store/lock/pid-lock.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { formOnStderr } from "#commands/watch/stderr-form.ts";

export interface OutsideServeOptions extends GlobalOptions {
  readonly listen: string;
  readonly dir: string;
  readonly secretsFile?: string;
}

/** As many accounts as fit. */
const maxSecretsBytes = 8 * 2 ** 20;

/** Runs the guard outside on this machine, for accounts whose daemons are elsewhere. Gives the exit code. */
export async function outsideServe(
  options: OutsideServeOptions,
  context: Context,
): Promise<number> {
  const listen = listenOf(options.listen);
  if (listen.kind === "fault") {
    throw new UserError(`--listen ${listen.because} (it is ${JSON.stringify(options.listen)}).`);
  }
  const folder = expandHome(options.dir);
  const bindings = await bindingsFrom(options, context);
  hideAll(bindings, context);
  const accounts = accountsIn(bindings);
  if (accounts.length === 0) {
    throw new UserError("No account stands in these secrets.", { hint: howToGive });
  }
  const unreadable = accounts.filter((name) => secretsOf(bindings, name) === undefined);
  if (unreadable.length > 0) {
    throw new UserError(`The secrets of ${unreadable.join(", ")} cannot be read.`, {
      hint: howToGive,
    });
  }
  if (!listen.isLoopback) {
    warn(
      "it listens beyond this machine in plain http: let a proxy with a certificate stand before it, or an encrypted network",
      context,
    );
  }
  const lock = await takePidLock(join(folder, "outside"), identityOf, {
    paces: context.paces.lock,
    onWait: (words) => warn(words, context),
    signal: context.interrupted,
  });
  const clock = createClock();
  const log = createLogger({
    level: options.verbose ? "debug" : "info",
    stderr: await context.openStderr(),
    logFile: undefined,
    redact: context.redact,
    ...formOnStderr(context),
    nowMs: () => clock.nowMs(),
  });
  const server = createAccountServer({ folder, bindings, log });
  const over = new AbortController();
  let exitCode: number = exitCodes.interrupted;
  try {
    context.onStray((error) => log.error({ because: wordsOf(error) }, "this is a bug"));
    if (lock.trouble !== undefined) log.warn({ because: lock.trouble }, "lock not taken");
    lock.follow((news) => {
      if (news.kind !== "lost") return;
      log.error({ because: news.because }, "another process serves this folder; this one ends");
      exitCode = exitCodes.refused;
      over.abort();
    });
    server.server.listen(listen.port, listen.host);
    await once(server.server, "listening").catch((error: unknown) => {
      throw new UserError(`It cannot listen at ${options.listen}: ${wordsOf(error)}.`, {
        hint: "Choose another port with --listen, or end what uses this one.",
        cause: error,
      });
    });
    server.server.on("error", (error) => log.error({ because: wordsOf(error) }, "server error"));
    await server.resume();
    log.info({ listen: options.listen, accounts: server.accounts }, "guard outside started");
    await untilAborted(AbortSignal.any([context.interrupted, over.signal]));
    log.info({}, "guard outside ends");
    return exitCode;
  } finally {
    server.close();
    await lock.release();
    await log.finish(context.paces.lastWordsMs);
  }
}

const howToGive =
  "They are what this prints, on the machine that has the config: runpodboss outside deploy --secrets";

async function bindingsFrom(
  { secretsFile }: OutsideServeOptions,
  context: Context,
): Promise<Bindings> {
  const text = secretsFile === undefined ? await fromStdin(context) : await fromFile(secretsFile);
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) {
      return found as Bindings;
    }
  } catch {
    // Said below, and without a word of what stands there.
  }
  throw new UserError("The secrets are no JSON object.", { hint: howToGive });
}

async function fromFile(path: string): Promise<string> {
  const full = expandHome(path);
  const found = await readSmallFile(full, { maxBytes: maxSecretsBytes });
  switch (found.kind) {
    case "read": {
      const [mode] = modeWarnings(full, found);
      if (mode !== undefined) throw new UserError(`${mode}.`);
      return found.text;
    }
    case "missing":
      throw new UserError(`There are no secrets at ${full}.`, { hint: howToGive });
    case "unreadable":
      throw new UserError(`${full} cannot be read: ${found.because}.`);
  }
}

async function fromStdin({ stdin, interrupted }: Context): Promise<string> {
  if (stdin.isTTY) {
    throw new UserError("The secrets come from --secrets-file FILE or standard input.", {
      hint: howToGive,
    });
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  const stop = (): void => void stdin.destroy();
  interrupted.addEventListener("abort", stop);
  try {
    for await (const piece of stdin) {
      const more = Buffer.from(piece as Buffer | string);
      bytes += more.length;
      if (bytes > maxSecretsBytes) throw new UserError("The secrets are over 8 MiB.");
      pieces.push(more);
    }
  } finally {
    interrupted.removeEventListener("abort", stop);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function hideAll(bindings: Bindings, context: Context): void {
  const admin = bindings[adminTokenName];
  const all = accountsIn(bindings).flatMap((name) => {
    const secrets = secretsOf(bindings, name);
    return secrets === undefined
      ? []
      : [secrets.beatKey, secrets.apiKey, ...secrets.channels.flatMap(channelSecrets)];
  });
  context.hide([...all, ...(typeof admin === "string" ? [admin] : [])]);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
