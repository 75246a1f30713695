import { printable } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import { secondMs } from "#guard/model/time.ts";
import type { Runner } from "#ports.ts";
import { programAt } from "#process/on-path.ts";
import type { Context } from "#terminal/context.ts";
import type { OutsideFolder } from "./folder.ts";

/** It builds nothing here, and uploads less than a megabyte. */
const timeLimitMs = 180 * secondMs;
const keptBytes = 256 * 1_024;

/** Runs wrangler on the folder's config. Resolves to what it has printed; throws a UserError when it fails. */
export type Wrangler = (
  args: readonly string[],
  /** Also what nobody may see: it is handed to it and stands nowhere. */
  stdin?: string,
) => Promise<string>;

/** Undefined where it is not installed. */
export async function wranglerFor(
  { wranglerConfig }: OutsideFolder,
  runner: Runner,
  { env, print, interrupted }: Pick<Context, "env" | "print" | "interrupted">,
): Promise<Wrangler | undefined> {
  const program = await programAt("wrangler", env["PATH"]);
  if (program === undefined) return undefined;
  return async (args, stdin) => {
    const argv = [program, ...args, "--config", wranglerConfig];
    const named = `wrangler ${args.join(" ")}`;
    print(`${named} ...`);
    const command = { argv, timeLimitMs, keepStdoutBytes: keptBytes };
    const ran = await runner.run(
      stdin === undefined ? command : { ...command, stdin },
      interrupted,
    );
    if (ran.kind === "not-started") {
      throw new UserError(`wrangler cannot be started: ${ran.because}.`, { hint: handHint });
    }
    const said = printable(ran.tail).trimEnd();
    if (said !== "") print(indented(said));
    if (ran.kind === "exited" && ran.code === 0) return `${ran.stdout ?? ""}\n${ran.tail}`;
    throw new UserError(`${named} failed: ${howItEnded(ran)}.`, {
      hint: "What it says stands above. If it asks for a login: npx wrangler login (or set CLOUDFLARE_API_TOKEN), then try again.",
    });
  };
}

const handHint = "See that it can be run: wrangler --version";

function howItEnded(ran: Exclude<Awaited<ReturnType<Runner["run"]>>, { kind: "not-started" }>) {
  switch (ran.kind) {
    case "exited":
      return `exit code ${ran.code}`;
    case "signalled":
      return `ended by ${ran.by}`;
    case "timed-out":
      return `not done after ${timeLimitMs / secondMs} s`;
    case "interrupted":
      return "interrupted";
  }
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  | ${line}`)
    .join("\n");
}

/** The address that deploying has printed. */
export function addressFrom(said: string): string | undefined {
  return /https:\/\/[\w-]+(?:\.[\w-]+)*\.workers\.dev(?![\w.-])/.exec(said)?.[0];
}
