import { appendFile } from "node:fs/promises";
import { createClock } from "#clock.ts";
import { namingConfig } from "#config/command-for.ts";
import { oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import { isRunning } from "#guard/model/account.ts";
import { hourMs } from "#guard/model/time.ts";
import { perHour, plainNumber, spanWords, usd } from "#guard/text.ts";
import type { Answer } from "#hook/formats/answer.ts";
import type { Payload } from "#hook/formats/payload.ts";
import { sessionVariable } from "#process/agent-session.ts";
import { endWords } from "#report/overview/end-words.ts";
import { podReport, type PodReport } from "#report/pod.ts";
import type { Snapshot } from "#report/snapshot.ts";
import { withinLimit } from "#within-limit.ts";
import { NoUsableConfig } from "./no-usable-config.ts";
import { toldOf, typed } from "./pod-words.ts";
import { type HookDeps, see } from "./see.ts";

const longest = 1_500;
const mostPods = 5;

const rules = [
  "Start GPU pods only with runpodboss start --gpu GPU --image IMAGE --hours HOURS -y --json: they have a lease, and are stopped when it ends. See runpodboss estimate first.",
  "runpodctl, RunPod's API and its MCP server are refused to start anything. While you work: runpodboss extend POD HOURS. When you are done: runpodboss stop POD -y.",
];

/** What a session should know from its start: balance, burn, leases, caps and the rules, which come without the others, too. */
export async function atSessionStart(payload: Payload, deps: HookDeps): Promise<Answer> {
  const within = <Value>(work: Promise<Value>): Promise<Value> =>
    withinLimit(work, deps.paces.hook.answerMs, createClock());
  const naming = within(nameSession(payload, deps.env)).catch(() => undefined);
  let about: readonly string[];
  try {
    about = accountWords(await within(see(deps)));
  } catch (error) {
    const because = oneLine(wordsOf(error)).slice(0, 300);
    about = [
      error instanceof NoUsableConfig
        ? `runpodboss has no config that it can use (${because}): it cannot start pods, and what would start some past it is refused. A person sets it up with: runpodboss setup`
        : `GPU pods (runpodboss): how the account stands could not be seen (${because}).`,
    ];
  }
  await naming;
  const words = namingConfig([...about, ...rules].join("\n"), typed, deps.config);
  return { kind: "tell", words: words.slice(0, longest) };
}

function accountWords(snapshot: Snapshot): readonly string[] {
  const { look, policy, settings, guardPid } = snapshot;
  const { launch: caps } = settings;
  const daemon =
    guardPid === undefined ? " Its daemon is not running: nothing can be started." : "";
  const limits =
    caps === undefined
      ? `The config allows no starts (it has no "launch").${daemon}`
      : `At most ${perHour(caps.mostPerHrUsd)} a pod, ${plainNumber(caps.mostMs / hourMs)} h, ${caps.mostRunning} pods at once.${daemon}`;
  if (look.kind === "blind")
    return [
      `GPU pods (runpodboss): the account cannot be seen now (${oneLine(look.because).slice(0, 200)}).`,
      limits,
    ];
  const { burnPerHrUsd: burn } = look;
  const money = `balance ${usd(look.balanceUsd)}, burning ${burn === undefined ? "an unknown amount" : perHour(burn)}`;
  if (look.pods === "unknown")
    return [`GPU pods (runpodboss): ${money}; which pods run is not known.`, limits];
  const running = look.pods.filter(isRunning);
  const samples = snapshot.measured.kind === "measured" ? snapshot.measured.samples : [];
  const sources = { ...snapshot, samples, atMs: snapshot.nowMs };
  const rows = running
    .slice(0, mostPods)
    .map((pod) => `- ${toldOf(pod)}, ${endOf(podReport(pod, sources), policy)}`);
  const more = running.length > mostPods ? [`- and ${running.length - mostPods} more`] : [];
  return [`GPU pods (runpodboss): ${money}, ${running.length} running.`, ...rows, ...more, limits];
}

/** What ends it as things stand, or why nothing does: a lease that ends nothing is none to rely on. */
function endOf(report: PodReport, policy: Snapshot["policy"]): string {
  const { end } = report;
  const words = endWords(report, policy) ?? "when it ends is unknown";
  if (end === "none" || end === "unknown") return words;
  return `${end.guard === "lease" ? "lease ends" : words} in ${spanWords(Math.max(0, end.leftMs))}`;
}

/** Tells the commands of this session which one it is. A session without it is one that is not known. */
async function nameSession(
  { agent, session = "" }: Payload,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const file = env["CLAUDE_ENV_FILE"] ?? "";
  if (agent !== "claude-code" || file === "" || !/^[A-Za-z0-9-]{1,64}$/.test(session)) return;
  await appendFile(file, `export ${sessionVariable}=${session}\n`).catch(() => undefined);
}
