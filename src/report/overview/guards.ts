import { lineWords } from "#guard/account/lines/line.ts";
import type {
  Budget,
  HardTimeoutGuard,
  IdleGuard,
  LeaseGuard,
  PodGuardAction,
  Policy,
  StoppedGuard,
  Threshold,
} from "#guard/model/policy.ts";
import { hourMs } from "#guard/model/time.ts";
import { plainNumber, spanWords, usd } from "#guard/text.ts";

/** A guard of the config, and what it does, in words. */
export interface GuardReport {
  readonly name: string;
  readonly isOn: boolean;
  readonly words: string;
}

export function guardReports(policy: Policy, isNobodyTold: boolean): readonly GuardReport[] {
  const tells = isNobodyTold ? "tells nobody (no way to is set up)" : "tells you";
  const { podGuards, blindAfterMs, protect } = policy;
  const { idle, lease, hardTimeout, warnMs } = podGuards;
  const warned = warnMs === 0 ? ", without a warning" : `, ${spanWords(warnMs)} after a warning`;
  return [
    ...policy.thresholds.map((each) => thresholdReport(each, tells)),
    idle === undefined
      ? off("idle", "a pod that idles runs on")
      : on("idle", idleWords(idle, tells, warned)),
    lease === undefined
      ? off("lease", "no pod has a lease")
      : on("lease", leaseWords(lease, tells, warned)),
    hardTimeout === undefined
      ? off("hard_timeout", "a pod may run for as long as it likes")
      : on("hard_timeout", hardTimeoutWords(hardTimeout, tells, warned)),
    ...(policy.budgets ?? []).map((each) =>
      on(`budget ${each.name}`, budgetWords(each, tells, warned)),
    ),
    ...(podGuards.schedules ?? []).map((each) =>
      on(
        `schedule ${each.name}`,
        `When it comes: ${actWord(each.action, tells).toLowerCase()} ${listed(each.pods)}${whenEnding(each, warned)}`,
      ),
    ),
    ...(podGuards.stopped === undefined
      ? []
      : [on("stopped", stoppedWords(podGuards.stopped, tells, warned))]),
    on("blind", `${upper(tells)} when no poll has worked for ${spanWords(blindAfterMs)}`),
    protect.length === 0
      ? off("protect", "no pod is protected")
      : on("protect", `Never ends ${listed(protect)}`),
  ];
}

function on(name: string, words: string): GuardReport {
  return { name, isOn: true, words };
}

function off(name: string, words: string): GuardReport {
  return { name, isOn: false, words: `Off: ${words}` };
}

function upper(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function thresholdReport(
  { name, answers, backstop, ...line }: Threshold,
  tells: string,
): GuardReport {
  const below = `Below ${lineWords(line)}`;
  const done = [
    ...answers.map((each) => (each === "notify" ? tells : "calls the agent")),
    ...(backstop === undefined
      ? []
      : [
          `${backstop.action === "stop" ? "stops" : "terminates"} what still runs ${spanWords(backstop.afterMs)} later`,
        ]),
  ];
  return done.length === 0
    ? { name, isOn: false, words: `${below}: does nothing` }
    : on(name, `${below}: ${done.join(", ")}`);
}

function idleWords(guard: IdleGuard, tells: string, warned: string): string {
  const { afterMs, gpuPercent, cpuPercent, gpuMemoryPercent } = guard;
  const memory = gpuMemoryPercent < 100 ? `, GPU memory at most ${gpuMemoryPercent} %` : "";
  const load = `GPU below ${gpuPercent} %, CPU below ${cpuPercent} %${memory}`;
  return `${acts(guard, tells)} that has been idle for ${spanWords(afterMs)} (${load})${whenEnding(guard, warned)}`;
}

function leaseWords(guard: LeaseGuard, tells: string, warned: string): string {
  const { defaultMs, maxMs } = guard;
  const given =
    defaultMs === undefined
      ? "which it has only if it was given one"
      : `${hours(defaultMs)} from its start unless it was given another`;
  return `${acts(guard, tells)} at the end of its lease: ${given}, ${hours(maxMs)} at most${whenEnding(guard, warned)}`;
}

function hardTimeoutWords(guard: HardTimeoutGuard, tells: string, warned: string): string {
  return `${acts(guard, tells)} ${hours(guard.afterMs)} after its start, whatever else there is${whenEnding(guard, warned)}`;
}

function budgetWords(
  { limitUsd, per, pods, action, freezes }: Budget,
  tells: string,
  warned: string,
): string {
  const whose = pods === undefined ? "" : ` by ${listed(pods)}`;
  const does = {
    notify: "",
    agent: ", calls the agent",
    stop: `, stops ${pods === undefined ? "all pods" : listed(pods)}${warned}`,
  }[action];
  const frozen = freezes
    ? `; until the next ${per} pods that start are told of${action === "stop" ? " and stopped" : ""}`
    : "";
  return `At ${usd(limitUsd)} a ${per}${whose}: ${tells}${does}${frozen}`;
}

function stoppedWords(
  { afterMs, action, losesData, pods }: StoppedGuard,
  tells: string,
  warned: string,
): string {
  const which = pods.length === 1 && pods[0] === "*" ? "a pod" : `a pod called ${listed(pods)}`;
  const after = `that has been stopped for ${hours(afterMs)}`;
  if (action === "notify") return `${upper(tells)} of ${which} ${after}`;
  const only = losesData ? ", with its data" : ", if it has a network volume";
  return `Deletes ${which} ${after}${only}${warned}`;
}

interface Acting {
  readonly action: PodGuardAction;
  readonly pods: readonly string[];
  readonly clusters?: readonly string[] | undefined;
}

function acts({ action, pods, clusters = [] }: Acting, tells: string): string {
  const all = pods.length === 1 && pods[0] === "*";
  const which = [
    ...(pods.length === 0 ? [] : [all ? "a pod" : `a pod called ${listed(pods)}`]),
    ...(clusters.length === 0 ? [] : [`a cluster called ${listed(clusters)}`]),
  ];
  return `${actWord(action, tells)} ${which.length === 0 ? "no pod" : which.join(" or ")}`;
}

function actWord(action: PodGuardAction, tells: string): string {
  switch (action) {
    case "notify":
      return `${upper(tells)} of`;
    case "agent":
      return "Calls the agent for";
    case "stop":
      return "Stops";
    case "terminate":
      return "Terminates";
  }
}

function whenEnding({ action }: Acting, warned: string): string {
  return action === "stop" || action === "terminate" ? warned : "";
}

function hours(ms: number): string {
  return `${plainNumber(ms / hourMs)} h`;
}

const mostNamed = 10;

function listed(globs: readonly string[]): string {
  const more = globs.length - mostNamed;
  const named = globs.slice(0, mostNamed).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}
