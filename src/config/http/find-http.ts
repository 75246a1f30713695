import { missingOf, type PartOfConfig, partOf } from "#config/secrets/part-of-config.ts";
import {
  findSecrets,
  type FoundSecrets,
  noSecrets,
  type ShapedKey,
} from "#config/secrets/found-secrets.ts";
import { type Entry, isEntry } from "#config/secrets/secret-source.ts";
import type { HttpSettings } from "#config/settings.ts";
import { isReadableOnTheWay } from "#config/url.ts";
import { httpSchema } from "./http-schema.ts";
import { isTailnet, listenOf } from "./listen.ts";
import { publicUrlOf } from "./public-url.ts";

/** What a config says of the page, with its tokens read. */
export interface FoundHttp extends PartOfConfig {
  /** Undefined: nothing is to be served, or a token is not there now. */
  readonly http?: HttpSettings;
}

/** Whoever can reach the door can try tokens at it. */
const shortestToken = 16;

const keys: readonly ShapedKey[] = [
  { key: "token", isNeeded: false, shape: "token" },
  { key: "activity_token", isNeeded: false, shape: "token" },
  { key: "metrics_token", isNeeded: false, shape: "token" },
];

/** Also of a config that is wrong elsewhere. No fault and no warning holds a token. */
export async function findHttp(raw: unknown, env: NodeJS.ProcessEnv): Promise<FoundHttp> {
  const { http } = raw as Entry;
  const entry = isEntry(http) ? http : undefined;
  // A token that stands in the config itself is no key of it: the schema says so.
  const { token: _, activity_token: __, metrics_token: ___, ...named } = entry ?? {};
  const found = entry === undefined ? noSecrets : await findSecrets(named, "http", keys, env);
  const part = partOf(found, env);
  const file = httpSchema.safeParse(http).data;
  const at = (key: string): string =>
    `http.${[`${key}_env`, `${key}_file`].find((each) => named[each] !== undefined) ?? key}`;
  const faults = [
    ...part.faults,
    ...keys.flatMap(({ key }) =>
      (found.values[key]?.length ?? Infinity) < shortestToken
        ? [
            {
              where: at(key),
              what: `must have at least ${shortestToken} characters, drawn at random: openssl rand -base64 32`,
            },
          ]
        : [],
    ),
    ...sameTokens(found.values).map(({ key, what }) => ({ where: at(key), what })),
  ];
  const isWhole = file !== undefined && faults.length === 0 && found.missing.length === 0;
  return {
    ...(isWhole && settingsOf(file, found.values)),
    ...part,
    faults,
    missing: missingOf(found, { of: "the page's token", without: "the page" }),
    warnings: [...part.warnings, ...(file === undefined ? [] : doorWarnings(file))],
  };
}

type HttpFile = NonNullable<ReturnType<typeof httpSchema.safeParse>["data"]>;

function settingsOf(
  { listen, allow_remote, public_url }: HttpFile,
  tokens: FoundSecrets["values"],
): Pick<FoundHttp, "http"> {
  const where = listenOf(listen);
  if (where.kind === "fault") return {};
  const { host, port } = where;
  const publicUrl = public_url === undefined ? undefined : publicUrlOf(public_url);
  const { token, activity_token: activityToken, metrics_token: metricsToken } = tokens;
  return {
    http: {
      host,
      port,
      token,
      activityToken,
      metricsToken,
      isRemoteAllowed: allow_remote,
      publicUrl,
    },
  };
}

/** Whoever shows one of two that are the same would get what either may do. */
function sameTokens({
  token,
  activity_token: activity,
  metrics_token: metrics,
}: FoundSecrets["values"]): readonly { readonly key: string; readonly what: string }[] {
  const isOwners = (other: string | undefined): boolean => other !== undefined && other === token;
  const what = "must differ from token, which can do much more";
  return [
    ...(isOwners(activity) ? [{ key: "activity_token", what }] : []),
    ...(isOwners(metrics) ? [{ key: "metrics_token", what }] : []),
    ...(metrics !== undefined && metrics === activity
      ? [
          {
            key: "metrics_token",
            what: "must differ from activity_token, which can do other things",
          },
        ]
      : []),
  ];
}

function doorWarnings({ listen, public_url }: HttpFile): readonly string[] {
  const where = listenOf(listen);
  const isOpen = where.kind === "listen" && !where.isLoopback && !isTailnet(where.host);
  return [
    ...(isOpen
      ? [
          `http.listen: ${listen} can be reached from elsewhere without TLS, so anybody on the way can read the token. Let a reverse proxy or Tailscale reach 127.0.0.1 instead (docs/page.md)`,
        ]
      : []),
    ...(public_url !== undefined && isReadableOnTheWay(public_url) && !isTailnet(hostOf(public_url))
      ? ["http.public_url: is http, so anybody on the way can read the token; use https"]
      : []),
  ];
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}
