import type { Settings } from "#config/settings.ts";
import { oneLine } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import { apiWords } from "#guard/account/crossing.ts";
import type { Seen } from "#guard/model/account.ts";
import type { RehearsalOutcome } from "#guard/model/source.ts";
import type { GuardState } from "#guard/model/state.ts";
import { changeOverJson, changeOverWords } from "#report/change-over.ts";
import { createBackMark } from "#store/back-mark.ts";
import { localTime } from "#terminal/local-time.ts";
import type { Found } from "./found.ts";

const choices = ["auto", "graphql", "rest"] as const;

/** The settings with only that interface asked. Throws a UserError for one that there is not. */
export function askedOf(settings: Settings, api: string | undefined): Settings {
  if (api === undefined) return settings;
  const asked = choices.find((each) => each === api);
  if (asked === undefined) {
    throw new UserError(`--api must be auto, graphql or rest (it is ${JSON.stringify(api)}).`);
  }
  if (asked === "rest" && settings.restUrl === undefined) {
    throw new UserError("REST v2 has no address: runpod_url is set and rest_url is not.", {
      hint: "Set rest_url in the config, too.",
    });
  }
  return { ...settings, api: asked };
}

/** GraphQL was asked on purpose and has answered: it decides again from the daemon's next start. */
export async function backTo(
  api: string | undefined,
  { api: written, stateFile }: Settings,
  { source }: GuardState,
  look: Seen,
): Promise<boolean> {
  const isAsked = api === "graphql" && written === "auto" && source?.api === "rest";
  if (!isAsked || look.pods === "unknown" || look.refusal !== undefined) return false;
  await createBackMark(stateFile).set(Date.now());
  return true;
}

/** `noEnd`: why REST, which decides, could end no pod. */
export function interfaceWarnings(
  { api }: Settings,
  rehearsal: RehearsalOutcome | undefined,
  noEnd: string | undefined,
): readonly string[] {
  return [
    ...(api === "graphql"
      ? [
          'api: only GraphQL is asked, which RunPod ends early in 2027; with "auto" REST v2 takes over',
        ]
      : []),
    ...(rehearsal?.kind === "failed"
      ? [`api: REST v2, which takes over when GraphQL ends: ${rehearsal.because}`]
      : []),
    ...(noEnd === undefined
      ? []
      : [`api: ${noEnd}; make one that may, in RunPod's console under Settings, API Keys`]),
  ];
}

type ApiParts = Pick<Found, "settings" | "saved" | "api">;

/** `interface: REST v2 decides since 2026-11-26 03:10 (RunPod has ended GraphQL (HTTP 410))`. */
export function apiLines({ settings, saved, api }: ApiParts): readonly string[] {
  const { decides, rehearsal, back, changeOver } = api;
  const since = settings.api === "auto" ? saved.source : undefined;
  return [
    settings.api !== "auto"
      ? `interface: ${apiWords(settings.api)}`
      : since?.api !== decides.api
        ? `interface: ${apiWords(decides.api)} decides${becauseOf(decides.because)}`
        : `interface: ${apiWords(decides.api)} decides since ${localTime(since.sinceMs)}${becauseOf(since.because)}`,
    ...(settings.api === "auto" && settings.restUrl === undefined
      ? [
          "REST v2 is not asked: runpod_url is set and rest_url is not",
          "when RunPod ends GraphQL, early in 2027, this guard sees nothing: set rest_url",
        ]
      : []),
    ...(rehearsal === undefined
      ? []
      : [
          `rehearsal of REST v2: ${rehearsal.kind === "worked" ? "worked" : "FAILED, see the warnings"}`,
        ]),
    ...(changeOver === undefined ? [] : [oneLine(changeOverWords(changeOver))]),
    ...(back ? ["GraphQL decides again once you restart the daemon"] : []),
  ];
}

function becauseOf(because: string | undefined): string {
  return because === undefined ? "" : ` (${because})`;
}

export function apiJson({ settings, saved, api }: ApiParts): object {
  const { decides, rehearsal, back } = api;
  const since =
    settings.api === "auto" && saved.source?.api === decides.api ? saved.source : undefined;
  return {
    api: {
      decides: settings.api === "auto" ? decides.api : settings.api,
      since: since === undefined ? null : new Date(since.sinceMs).toISOString(),
      because: since?.because ?? decides.because ?? null,
      rehearsal:
        rehearsal === undefined
          ? null
          : {
              worked: rehearsal.kind === "worked",
              because: rehearsal.kind === "worked" ? null : rehearsal.because,
            },
      change_over: changeOverJson(api.changeOver),
      graphql_decides_after_restart: back,
    },
  };
}
