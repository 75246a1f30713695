import { accountSecretText } from "#commands/outside/account-secrets.ts";
import { primaryBody } from "#commands/outside/role.ts";
import { commandFor } from "#config/command-for.ts";
import type { Settings } from "#config/settings.ts";
import { oneLine } from "#control-characters.ts";
import { spanWords } from "#guard/text.ts";
import { ordersMark, secretsMark } from "#outside/beat/marks.ts";
import { createSignedSender } from "#outside/beat/send-signed.ts";
import type { Summary } from "#outside/summary/contract.ts";
import { marksIn, summaryIn } from "#outside/summary/read-summary.ts";
import { exchange } from "#requests/exchange.ts";
import type { Context } from "#terminal/context.ts";

/** What the guard outside says when it is asked. */
export type OutsideFound =
  | {
      readonly kind: "answers";
      readonly url: string;
      readonly summary: Summary;
      /** Whether it has what `outside deploy` would give it now; undefined: that is not known. */
      readonly isOfConfig: {
        readonly secrets: boolean | undefined;
        /** Its beats bring them, or nobody does: undefined. */
        readonly rules: boolean | undefined;
      };
    }
  /** `isRefused`: a guard answers, and does not know this account by this key. */
  | {
      readonly kind: "not-asked";
      readonly url: string;
      readonly because: string;
      readonly isRefused: boolean;
    };

type Answers = OutsideFound & { readonly kind: "answers" };

const limitMs = 5_000;

/** Asks the guard outside what it knows. Never throws; undefined where the config has none. */
export async function outsideFound(
  settings: Settings,
  { paces, interrupted }: Pick<Context, "paces" | "interrupted">,
): Promise<OutsideFound | undefined> {
  const { outside } = settings;
  if (outside === undefined) return undefined;
  const { url, account, beatKey } = outside;
  const sent = await createSignedSender(exchange, Date.now, limitMs)(
    "status",
    "{}",
    outside,
    interrupted,
  );
  const unknown = { kind: "not-asked", url, isRefused: false } as const;
  if (sent.kind === "interrupted") return { ...unknown, because: "interrupted" };
  if (sent.kind === "failed") return { ...unknown, ...sent, kind: "not-asked" };
  const summary = summaryIn(sent.body);
  if (summary === undefined) {
    return { ...unknown, because: "what answers there is no guard of this version" };
  }
  const marks = marksIn(sent.body);
  const text = secretsOf(settings, { account, beatKey });
  const isSame = async (theirs: string | undefined, ours: Promise<string> | undefined) =>
    theirs === undefined || ours === undefined ? undefined : theirs === (await ours);
  return {
    kind: "answers",
    url,
    summary,
    isOfConfig: {
      secrets: await isSame(
        marks.secrets,
        text === undefined ? undefined : secretsMark(beatKey, text),
      ),
      rules: await isSame(marks.orders, ordersMark(beatKey, primaryBody(settings, paces, url))),
    },
  };
}

/** Undefined: not all of them are here, or they are more than can be deployed; `outside deploy` says which. */
function secretsOf(
  settings: Settings,
  speaker: Parameters<typeof accountSecretText>[1],
): string | undefined {
  try {
    return accountSecretText(settings, speaker);
  } catch {
    return undefined;
  }
}

/** What of it would fail when this machine dies. `guardPid`: the daemon runs, and should be heard there. */
export function outsideWarnings(
  found: OutsideFound | undefined,
  { configPath, dryRun }: Pick<Settings, "configPath" | "dryRun">,
  guardPid: number | undefined,
): readonly string[] {
  if (found === undefined) return [];
  const deploy = `${commandFor(configPath)} outside deploy`;
  if (found.kind === "not-asked") {
    return [
      found.isRefused
        ? `outside: the guard at ${found.url} does not know this account by this key: ${found.because}; give it its secrets: ${deploy}`
        : `outside: the guard at ${found.url} was not reached: ${found.because}; if this machine dies, nobody acts`,
    ];
  }
  const { summary, isOfConfig } = found;
  const words = [
    ...whyNotHeard(summary, guardPid, dryRun, deploy),
    ...(summary.on_silence?.because
      ? [`it would stop nothing: ${summary.on_silence.because}`]
      : []),
    ...(isOfConfig.secrets === false
      ? [
          `its secrets are not those of this config; give it these: ${deploy}${primaryOption(summary)}`,
        ]
      : []),
    ...(isOfConfig.rules === false
      ? [`it goes by rules that are not those of this config; give it these: ${deploy} --primary`]
      : []),
    ...(summary.own_look?.is_seen === false
      ? [`it does not see the account: ${summary.own_look.because ?? "unknown why"}`]
      : []),
    ...summary.troubles,
  ];
  return words.map((each) => `outside: ${oneLine(each)}`);
}

function primaryOption({ role }: Summary): string {
  return role === "primary" ? " --primary" : "";
}

/** It is what its daemon says by beats that it goes by. */
function whyNotHeard(
  { role, beat, silent_since: silentSince, at }: Summary,
  guardPid: number | undefined,
  isDry: boolean,
  deploy: string,
): readonly string[] {
  if (role === "primary") {
    return guardPid === undefined
      ? []
      : [
          `it is the account's only guard, and a daemon runs here as well (pid ${guardPid}): stop that, or take its role from the other: ${deploy}`,
        ];
  }
  if (isDry) return ["a dry run sends it no beats"];
  if (guardPid === undefined) return [];
  if (role === "unheard")
    return [`no beat of the daemon (pid ${guardPid}) has come there: see its log`];
  return beat === null || silentSince === null
    ? []
    : [
        `the daemon runs (pid ${guardPid}), and nothing was heard of it there for ${agoWords(beat.heard_at, at)}: see its log`,
      ];
}

/** `outside: answers, heard gpu-box 20 s ago, would stop pods`. */
export function outsideLines(found: OutsideFound | undefined): readonly string[] {
  if (found === undefined) return [];
  if (found.kind === "answers") return [`outside: answers, ${oneLine(does(found))}`];
  return [
    found.isRefused
      ? "outside: DOES NOT KNOW this account by this key: if this machine dies, nobody acts"
      : `outside: NOT REACHED (${oneLine(found.because)}): if this machine dies, nobody acts`,
  ];
}

function does({ summary }: Answers): string {
  const { role, acts, beat, on_silence: then, at } = summary;
  if (role === "unheard") return "has heard no beat of this account yet, would do nothing but tell";
  if (role === "primary") {
    return `is the account's only guard, ${summary.is_dry_run ? "in a dry run: stops nothing" : "stops pods"}`;
  }
  const heard =
    beat === null ? "has heard nothing" : `heard ${beat.host} ${agoWords(beat.heard_at, at)} ago`;
  if (acts !== null) {
    return `${heard}, acts in its place: ${acts === "guards" ? "stops pods" : "tells, and stops nothing"}`;
  }
  return `${heard}, would ${then?.acts === "guards" ? "stop pods" : "tell, and stop nothing"}`;
}

/** By its own clock. */
function agoWords(then: string, at: string): string {
  return spanWords(Math.max(0, Date.parse(at) - Date.parse(then)));
}

/** `null`: the config has none. Within it, what does not apply or is not known. */
export function outsideJson(found: OutsideFound | undefined): object | null {
  if (found === undefined) return null;
  const summary = found.kind === "answers" ? found.summary : undefined;
  const isOfConfig = found.kind === "answers" ? found.isOfConfig : undefined;
  return {
    url: found.url,
    answers: summary !== undefined,
    knows_this_account:
      summary !== undefined ? true : found.kind === "not-asked" && found.isRefused ? false : null,
    because: found.kind === "not-asked" ? found.because : null,
    role: summary?.role ?? null,
    heard_at: summary?.beat?.heard_at ?? null,
    heard_from: summary?.beat?.host ?? null,
    acts_now: summary?.acts ?? null,
    acts_on_silence: summary?.on_silence?.acts ?? null,
    has_these_secrets: isOfConfig?.secrets ?? null,
    has_these_rules: isOfConfig?.rules ?? null,
  };
}
