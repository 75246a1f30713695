import { UserError } from "#errors.ts";
import { proxyAddresses } from "#requests/proxy.ts";
import type { Paces } from "#paces.ts";
import { type FileContent, readSmallFile } from "#read-file.ts";
import { createRedactor } from "#redact.ts";
import { findChannels, type FoundChannels } from "#config/channels/channel-settings.ts";
import { type FoundHttp, findHttp } from "#config/http/find-http.ts";
import { findOutside, type FoundOutside } from "#config/outside/find-outside.ts";
import { findApiKey, type FoundKey } from "#config/key/api-key.ts";
import { environmentOf } from "#config/key/env-file.ts";
import { commandFor } from "./command-for.ts";
import { environmentWarnings } from "./environment-warnings.ts";
import { budgetOf } from "#config/ahead/budgets-schema.ts";
import { repeatsOf } from "#config/ahead/repeats-schema.ts";
import { launchCapsOf } from "#config/launch/launch-schema.ts";
import { launchWarnings } from "#config/launch/launch-warnings.ts";
import { scheduleOf } from "#config/ahead/schedules-schema.ts";
import { explain, type Fault, unusable } from "#config/reading/explain.ts";
import { collidingFiles } from "./file-collisions.ts";
import { modeWarnings } from "./file-mode.ts";
import { guardSettingsOf } from "./guard-settings.ts";
import { parseJsonc, withoutNotes } from "#config/reading/jsonc.ts";
import { knownKeys } from "#config/reading/known-keys.ts";
import { foreignFiles, foreignKeyWarnings } from "#config/accounts/foreign-files.ts";
import { accountOf, usualPlacesOf } from "#config/accounts/account.ts";
import { expandHome, maxConfigBytes, withProgram } from "./paths.ts";
import { withoutQuotedNumbers } from "#config/reading/quoted-numbers.ts";
import { type ConfigFile, configSchemaAt } from "./schema.ts";
import type { MissingSecrets, SecretSettings, Settings, ThresholdSettings } from "./settings.ts";
import { isReadableOnTheWay, passwordsIn, secretsIn } from "./url.ts";

const runpodGraphqlUrl = "https://api.runpod.io/graphql";
const runpodRestUrl = "https://api.runpod.io/v2";

/**
 * Reads the config. Throws one UserError that shows all that is wrong with it, each fault with its
 * place, the value found and what is allowed; the API key is never shown.
 */
export async function loadConfig(
  path: string,
  env: NodeJS.ProcessEnv,
  paces: Pick<Paces, "leastPollMs">,
  missingSecrets: MissingSecretsAre = "faults",
): Promise<Settings> {
  const configPath = expandHome(path);
  return settingsIn(await read(configPath), configPath, env, paces, missingSecrets);
}

/**
 * A secret of a channel or of the heartbeat that is not there now. "gone-without": all else is used, and
 * `Settings.missing` says so; for what nobody has just typed, or what needs no channel.
 */
export type MissingSecretsAre = "faults" | "gone-without";

/** The same of a text that is to stand there. */
export async function settingsIn(
  content: Pick<FileContent & { readonly kind: "read" }, "text" | "mode" | "uid">,
  configPath: string,
  env: NodeJS.ProcessEnv,
  paces: Pick<Paces, "leastPollMs">,
  missingSecrets: MissingSecretsAre = "faults",
): Promise<Settings> {
  const configSchema = configSchemaAt(paces);
  const written = withoutNotes(parseJsonc(content.text, configPath));
  const { raw, warnings } = withoutQuotedNumbers(
    written,
    configSchema.safeParse(written).error?.issues ?? [],
  );
  const parsed = configSchema.safeParse(raw);
  const key = await findApiKey(parsed.data ?? keySettingsOf(raw), env, configPath);
  const { channels, http, outside } = await findParts(raw, env, configPath);
  const parts = [channels, http, outside];
  const redact = createRedactor([key.apiKey, ...parts.flatMap(({ secrets }) => secrets)]);
  const faults = [
    ...(parsed.error?.issues ?? []).flatMap((issue) =>
      explain(issue, raw, knownKeys(configSchema, issue.path, raw), redact),
    ),
    ...repeatedNames(raw),
    ...parts.flatMap((part) => part.faults),
    ...(missingSecrets === "faults" ? parts.flatMap(({ missing }) => missing) : []),
    ...key.faults,
    ...foreignFiles(configPath, filesOf(raw, configPath)),
    ...(await collidingFiles({
      configPath,
      keyFiles: key.files,
      secretFiles: channels.files,
      tokenFiles: [...http.files, ...outside.files],
      ...filesOf(raw, configPath),
    })),
  ].map(({ where, what }) => ({ where: redact(where), what: redact(what) }));
  if (parsed.data === undefined || faults.length > 0) throw unusable(configPath, faults);
  const { data } = parsed;
  const again = async (): Promise<SecretSettings | undefined> => {
    const now = await findParts(raw, env, configPath);
    const made = [now.channels, now.http, now.outside];
    if (made.some((part) => part.faults.length > 0)) return undefined;
    const all = settingsOf(data, configPath, { key, ...now, again }, env);
    const { channels: told, heartbeat, http: served, missing, secrets, secretNames } = all;
    const { outside: heard } = all;
    return {
      channels: told,
      heartbeat,
      http: served,
      outside: heard,
      missing,
      secrets,
      secretNames,
    };
  };
  const settings = settingsOf(data, configPath, { key, channels, http, outside, again }, env);
  return {
    ...settings,
    warnings: [
      ...modeWarnings(configPath, content),
      ...key.warnings,
      ...foreignKeyWarnings(configPath, data),
      ...parts.flatMap((part) => part.warnings),
      ...warnings,
      ...urlWarnings(settings),
      ...launchWarnings(settings),
      ...environmentWarnings(env),
    ],
  };
}

/** What is made of secrets. */
interface Parts {
  readonly channels: FoundChannels;
  readonly http: FoundHttp;
  readonly outside: FoundOutside;
}

async function findParts(raw: unknown, env: NodeJS.ProcessEnv, configPath: string): Promise<Parts> {
  const seen = await environmentOf(env, configPath);
  return {
    channels: await findChannels(raw, seen, accountOf(configPath)),
    http: await findHttp(raw, seen),
    outside: await findOutside(raw, seen),
  };
}

interface Found extends Parts {
  readonly key: Pick<FoundKey, "apiKey" | "from">;
  readonly again: MissingSecrets["again"];
}

function settingsOf(
  file: ConfigFile,
  configPath: string,
  { key, channels, http, outside, again }: Found,
  env: NodeJS.ProcessEnv,
): Settings {
  const account = accountOf(configPath);
  const claudeCommand = file.claude_command ?? ["claude", "-p"];
  const runpodUrl = file.runpod_url || runpodGraphqlUrl;
  const restUrl = file.rest_url || restUrlBeside(file);
  const parts = [channels, http, outside];
  const secretNames = [...new Set(parts.flatMap(({ variables }) => variables))];
  const missing = parts.flatMap((part) => part.missing);
  return {
    configPath,
    ...(account !== undefined && { account }),
    apiKey: key.apiKey,
    apiKeyFrom: key.from,
    apiKeyNames: [...new Set([file.api_key_env || "RUNPOD_API_KEY", "RUNPOD_API_KEY"])],
    ...(secretNames.length > 0 && { secretNames }),
    secrets: [
      key.apiKey,
      ...parts.flatMap((part) => part.secrets),
      ...secretsIn(runpodUrl),
      ...secretsIn(restUrl ?? ""),
      ...proxyAddresses(env).flatMap(passwordsIn),
      ...(file.guards.idle?.activity_metrics ?? []).flatMap(({ url }) => passwordsIn(url)),
    ],
    pollIntervalMs: file.poll_interval_seconds * 1000,
    maxRuntimeMs: file.max_runtime_seconds === 0 ? Infinity : file.max_runtime_seconds * 1000,
    ...filesOf(file, configPath),
    claudeCommand: withProgram(claudeCommand),
    claudeTimeoutMs: file.claude_timeout_seconds * 1000,
    claudeAttempts: file.claude_attempts,
    agentPermissions: file.agent_permissions,
    agentMaxTurns: file.agent_max_turns,
    agentMaxBudgetUsd: file.agent_max_budget_usd,
    notifyCommand: withProgram(file.extra_notify_command ?? []),
    ...(file.pass_api_key && { notifyPassesKey: true }),
    notifyTimeoutMs: file.notify_timeout_seconds * 1000,
    channels: channels.channels,
    ...(channels.heartbeat && { heartbeat: channels.heartbeat }),
    ...(missing.length > 0 && { missing: { secrets: missing, again } }),
    ...(channels.brief && { brief: channels.brief }),
    ...(http.http && { http: http.http }),
    ...(outside.outside && { outside: outside.outside }),
    blindAfterMs: file.blind_after_seconds * 1000,
    // When the daemon runs in a pod, it must not stop that pod.
    protect: [...file.protect, ...(env["RUNPOD_POD_ID"] ? [env["RUNPOD_POD_ID"]] : [])],
    ...(env["RUNPOD_POD_ID"] && { ownPodId: env["RUNPOD_POD_ID"] }),
    thresholds: inOrder(
      file.thresholds.map(
        ({
          name,
          below_usd,
          below_hours,
          prompt,
          extra_notify_command,
          pass_api_key,
          backstop,
          ...repeats
        }) => ({
          name,
          belowUsd: below_usd,
          belowHours: below_hours,
          prompt,
          notifyCommand: withProgram(extra_notify_command ?? file.extra_notify_command ?? []),
          // Without a command of its own it runs the global one, as the global one is run.
          ...((pass_api_key ??
            ((extra_notify_command ?? undefined) === undefined && file.pass_api_key)) && {
            notifyPassesKey: true,
          }),
          backstop: backstop && { action: backstop.action, afterMs: backstop.after_seconds * 1000 },
          ...repeatsOf(repeats),
        }),
      ),
    ),
    guards: guardSettingsOf(file.guards),
    budgets: file.budgets.map(budgetOf),
    schedules: file.schedules.map(scheduleOf),
    ...(file.foreign_pods !== "guard" && { foreignPods: file.foreign_pods }),
    launch: file.launch && launchCapsOf(file.launch),
    ...(file.trip_on_estimate && { tripsOnEstimate: true }),
    poll: file.poll,
    historyDays: file.history_days,
    dryRun: file.dry_run,
    api: file.api,
    runpodUrl,
    restUrl,
    ...(file.rest_balance_path !== undefined && { restBalancePath: file.rest_balance_path }),
    warnings: [],
  };
}

/**
 * An API key goes to no address that nobody named: beside a GraphQL address of one's own, REST has none
 * unless it is asked for.
 */
function restUrlBeside({ api, runpod_url }: ConfigFile): string | undefined {
  return api === "rest" || !runpod_url ? runpodRestUrl : undefined;
}

/** Also of a config that is wrong elsewhere. */
function filesOf(raw: unknown, configPath: string): Pick<Settings, "stateFile" | "logFile"> {
  const { state_file, log_file } = raw as { state_file?: unknown; log_file?: unknown };
  const usual = usualPlacesOf(configPath);
  const path = (value: unknown, instead: string): string =>
    expandHome(typeof value === "string" && value !== "" ? value : instead);
  return {
    stateFile: path(state_file, usual.state),
    logFile: path(log_file, usual.log),
  };
}

function urlWarnings({ runpodUrl, restUrl = "" }: Settings): readonly string[] {
  const named = [
    ["runpod_url", runpodUrl],
    ["rest_url", restUrl],
  ] as const;
  return named.flatMap(([key, url]) =>
    isReadableOnTheWay(url)
      ? [`${key}: is http, so anybody on the way can read the API key; use https`]
      : [],
  );
}

async function read(path: string): Promise<FileContent & { readonly kind: "read" }> {
  const content = await readSmallFile(path, { maxBytes: maxConfigBytes });
  if (content.kind === "read") return content;
  if (content.kind === "missing") {
    throw new UserError(`There is no config at ${path}.`, {
      hint: `To set one up:\n  ${commandFor(path)} setup\nTo write one by hand:\n  ${commandFor(path)} init\nTo name another: --config FILE`,
    });
  }
  throw new UserError(`The config at ${path} cannot be read: ${content.because}.`, {
    hint: "Make it a file that you can read, or use --config FILE to name another.",
  });
}

function repeatedNames(raw: unknown): readonly Fault[] {
  return ["thresholds", "budgets", "schedules"].flatMap((key) => {
    const found: unknown = Reflect.get(Object(raw), key);
    if (!Array.isArray(found)) return [];
    const names = found.map((each: unknown) =>
      typeof each === "object" && each !== null && "name" in each ? each.name : undefined,
    );
    return names.flatMap((name, n) =>
      typeof name === "string" && names.indexOf(name) < n
        ? [
            {
              where: `${key}[${n}].name`,
              what: `must be unique: ${JSON.stringify(name)} is the name of ${key}[${names.indexOf(name)}]; give this one another`,
            },
          ]
        : [],
    );
  });
}

/** What a config that is otherwise wrong says of its key, so that this fault is shown as well. */
function keySettingsOf(raw: unknown) {
  const settings = raw as Record<string, unknown>;
  const text = (key: string) => (typeof settings[key] === "string" ? settings[key] : undefined);
  return {
    api_key: settings["api_key"] === undefined ? undefined : (text("api_key") ?? "not-text"),
    api_key_file: text("api_key_file"),
    api_key_env: text("api_key_env"),
  };
}

/** The most severe last: by their dollars; where there are hours, as the file has them. */
function inOrder(thresholds: readonly ThresholdSettings[]): readonly ThresholdSettings[] {
  if (thresholds.some(({ belowHours }) => belowHours !== undefined)) return thresholds;
  return thresholds.toSorted((a, b) => (b.belowUsd ?? 0) - (a.belowUsd ?? 0));
}
