import { holdersOf } from "#config/channels/holders.ts";
import { findSecrets, noSecrets } from "#config/channels/found-secrets.ts";
import type { ShapedKey } from "#config/channels/secret-keys.ts";
import type { Entry } from "#config/channels/secret-source.ts";
import type { Fault } from "#config/reading/explain.ts";
import type { HttpSettings, MissingSecret } from "#config/settings.ts";
import { isReadableOnTheWay } from "#config/url.ts";
import { httpSchema } from "./http-schema.ts";
import { isTailnet, listenOf } from "./listen.ts";
import { publicUrlOf } from "./public-url.ts";

/** What a config says of the page, with its tokens read. */
export interface FoundHttp {
  /** Undefined: nothing is to be served, or a token is not there now. */
  readonly http?: HttpSettings;
  readonly secrets: readonly string[];
  readonly files: readonly string[];
  readonly variables: readonly string[];
  /** Beside those that the schema finds. */
  readonly faults: readonly Fault[];
  readonly missing: readonly MissingSecret[];
  readonly warnings: readonly string[];
}

/** Whoever can reach the door can try tokens at it. */
const shortestToken = 16;

const keys: readonly ShapedKey[] = [
  { key: "token", isNeeded: false, shape: "token" },
  { key: "activity_token", isNeeded: false, shape: "token" },
];

/** Also of a config that is wrong elsewhere. No fault and no warning holds a token. */
export async function findHttp(raw: unknown, env: NodeJS.ProcessEnv): Promise<FoundHttp> {
  const { http } = raw as Entry;
  const entry = isEntry(http) ? http : undefined;
  // A token that stands in the config itself is no key of it: the schema says so.
  const { token: _, activity_token: __, ...named } = entry ?? {};
  const found = entry === undefined ? noSecrets : await findSecrets(named, "http", keys, env);
  const file = httpSchema.safeParse(http).data;
  const { token, activity_token: activityToken } = found.values;
  const at = (key: string): string =>
    `http.${[`${key}_env`, `${key}_file`].find((each) => named[each] !== undefined) ?? key}`;
  const faults = [
    ...found.faults,
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
    ...(token !== undefined && token === activityToken
      ? [{ where: at("activity_token"), what: "must differ from token, which can do much more" }]
      : []),
  ];
  const isWhole = file !== undefined && faults.length === 0 && found.missing.length === 0;
  return {
    ...(isWhole && settingsOf(file, token, activityToken)),
    secrets: found.hidden,
    files: found.files,
    variables: [...new Set([...found.variables, ...holdersOf(found, env)])],
    faults,
    missing: found.missing.map((fault) => ({
      ...fault,
      of: "the page's token",
      without: "the page",
    })),
    warnings: [...found.warnings, ...(file === undefined ? [] : doorWarnings(file))],
  };
}

type HttpFile = NonNullable<ReturnType<typeof httpSchema.safeParse>["data"]>;

function settingsOf(
  { listen, allow_remote, public_url }: HttpFile,
  token: string | undefined,
  activityToken: string | undefined,
): Pick<FoundHttp, "http"> {
  const where = listenOf(listen);
  if (where.kind === "fault") return {};
  const { host, port } = where;
  const publicUrl = public_url === undefined ? undefined : publicUrlOf(public_url);
  return { http: { host, port, token, activityToken, isRemoteAllowed: allow_remote, publicUrl } };
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

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
