import { findSecrets, noSecrets, type ShapedKey, together } from "#config/secrets/found-secrets.ts";
import { missingOf, type PartOfConfig, partOf } from "#config/secrets/part-of-config.ts";
import { type Entry, isEntry } from "#config/secrets/secret-source.ts";
import type { OutsideSettings } from "#config/settings.ts";
import { isReadableOnTheWay } from "#config/url.ts";
import { outsideSchema } from "./outside-schema.ts";

/** What a config says of the guard elsewhere, with its key read. */
export interface FoundOutside extends PartOfConfig {
  /** Undefined: there is none, or its key is not there now. */
  readonly outside?: OutsideSettings;
}

/** Whoever has it can speak for this guard. */
const shortestKey = 32;

const key: ShapedKey = { key: "key", isNeeded: true, shape: "signing" };
const apiKey: ShapedKey = { key: "api_key", isNeeded: false, shape: "token" };

/** Also of a config that is wrong elsewhere. No fault and no warning holds the key. */
export async function findOutside(raw: unknown, env: NodeJS.ProcessEnv): Promise<FoundOutside> {
  const { outside } = raw as Entry;
  const entry = isEntry(outside) ? outside : undefined;
  // A key that stands in the config itself is none of it: the schema says so.
  const { key: _, api_key: __, ...named } = entry ?? {};
  const foundIn = (wanted: ShapedKey) =>
    entry === undefined ? noSecrets : findSecrets(named, "outside", [wanted], env);
  const found = await foundIn(key);
  // The daemon needs none of it: only a deployment misses it.
  const itsKey = await foundIn(apiKey);
  const part = partOf(together([found, itsKey]), env);
  const [lacking] = itsKey.missing;
  const file = outsideSchema.safeParse(outside).data;
  const { key: beatKey } = found.values;
  const isShort = beatKey !== undefined && beatKey.length < shortestKey;
  const where = named["key_env"] === undefined ? "outside.key_file" : "outside.key_env";
  const what = `must have at least ${shortestKey} characters, drawn at random: openssl rand -base64 32`;
  return {
    ...(file !== undefined &&
      beatKey !== undefined &&
      !isShort && {
        outside: {
          url: file.url,
          account: file.account,
          beatKey,
          onSilence: file.on_silence,
          ...(itsKey.values["api_key"] !== undefined && { apiKey: itsKey.values["api_key"] }),
          ...(lacking && { lacksApiKey: `${lacking.where} ${lacking.what}` }),
        },
      }),
    ...part,
    faults: [...part.faults, ...(isShort ? [{ where, what }] : [])],
    missing: missingOf(found, {
      of: "the key of the guard outside",
      without: "the guard outside",
    }),
    warnings: [
      ...part.warnings,
      ...(file !== undefined && isReadableOnTheWay(file.url)
        ? ["outside.url: is http, so anybody on the way can read what this guard sees; use https"]
        : []),
    ],
  };
}
