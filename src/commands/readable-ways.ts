import { findChannels, type FoundChannels } from "#config/channels/channel-settings.ts";
import { accountOf } from "#config/accounts/account.ts";
import { environmentOf } from "#config/key/env-file.ts";
import { expandHome, maxConfigBytes } from "#config/paths.ts";
import { type ReadableNotify, readableNotify } from "#config/readable-notify.ts";
import { readSmallFile } from "#read-file.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";

export interface ReadableWays {
  readonly found: ReadableNotify;
  readonly channels: FoundChannels;
}

/**
 * By what people, and whoever listens for the heartbeat, can be told, of a config that may be wrong elsewhere; its
 * secrets are read and hidden. Undefined: by nothing, or it is a dry run.
 */
export async function readableWays(
  options: GlobalOptions,
  { env, hide }: Pick<Context, "env" | "hide">,
): Promise<ReadableWays | undefined> {
  const path = expandHome(options.config);
  const file = await readSmallFile(path, { maxBytes: maxConfigBytes });
  const found = file.kind === "read" ? readableNotify(file.text, path) : undefined;
  if (found === undefined) return undefined;
  const { notify, heartbeat } = found;
  const channels = await findChannels(
    { notify, heartbeat },
    await environmentOf(env, path),
    accountOf(path),
  );
  hide(channels.secrets);
  return { found, channels };
}
