import { perHour, podWords, spanWords, usd } from "#guard/text.ts";
import { shortSpan } from "./short-span.ts";

export type LogFields = Readonly<Record<string, unknown>>;

/** What a line of the log says, as a sentence for people. What it does not know it gives as it is. */
export function logSentence(message: string, fields: LogFields): string {
  const because = textOf(fields["because"]);
  const threshold = textOf(fields["threshold"]);
  switch (message) {
    case "daemon started":
      return startWords(fields);
    case "daemon stopped":
      return `Daemon stopped: ${because}`;
    case "page served":
      return `Page at ${textOf(fields["address"])}; to open it: ${textOf(fields["open"])}`;
    case "config warning":
      return `Config: ${textOf(fields["warning"])}`;
    case "agent's runpodctl":
      return `The agent's runpodctl: ${textOf(fields["runpodctl"])}`;
    case "agent warning":
    case "container warning":
    case "folder warning":
      return capital(textOf(fields["warning"]));
    case "file of an earlier version":
      return capital(because);
    case "log of another program set aside":
      return `The log file held lines of another program; they are in ${textOf(fields["movedTo"])} now`;
    case "log file cannot be written":
      return `Log file ${textOf(fields["file"])} cannot be written: ${because}`;
    case "log file can be written again":
      return `Log file ${textOf(fields["file"])} can be written again`;
    case "config reloaded":
      return `Config reloaded: ${textOf(fields["config"])}`;
    case "missing secret found":
      return `A secret that was missing is there now: ${textOf(fields["config"])}`;
    case "restart to apply these keys":
      return `Restart to apply these keys: ${textOf(fields["keys"])}`;
    case "state not saved":
    case "cannot notify systemd":
    case "nobody can be told of anything":
    case "could not look for a missing secret":
    case "could not read the load of the pods":
    case "config not reloaded, still using the old one":
      return `${capital(message)}: ${because}`;
    case "threshold tripped":
      return `Threshold ${threshold} tripped: ${because}`;
    case "threshold re-armed":
      return `Threshold ${threshold} is armed again: ${because}`;
    case "worst case":
      return `Worst case: ${because}`;
    case "notification":
      return capital(because);
    case "notify command done":
      return `Notified: ${eventWords(fields)}`;
    case "notify command failed":
      return `Notify command failed for ${eventWords(fields)}${tryWords(fields)}: ${because}`;
    case "notification sent":
      return `Notified ${textOf(fields["channel"])}: ${textOf(fields["notice"])}`;
    case "notification not sent":
      return `Could not notify ${textOf(fields["channel"])}${againWords(fields)}: ${because}. Not told: ${textOf(fields["notice"])}`;
    case "dry run: would have sent":
      return `Dry run: would have notified ${textOf(fields["channel"])}: ${because}`;
    case "agent done":
      return `Agent done for ${causeWords(fields)}: ${because}`;
    case "agent failed":
      return `Agent failed for ${causeWords(fields)}${tryWords(fields)}: ${because}`;
    case "agent result":
      return `Agent's result for ${causeWords(fields)}: ${resultWords(fields)}`;
    case "dry run: would have started":
      return `Dry run: would have ${fields["effect"] === "notify" ? "notified" : "called the agent"}: ${because}`;
    case "pod ended":
      return `${capital(nounOf(fields))} ${textOf(fields["podId"])} ${fields["action"] === "terminate" ? "terminated" : "stopped"}: ${because}`;
    case "pod not ended":
      return `${capital(nounOf(fields))} ${textOf(fields["podId"])} not ${fields["action"] === "terminate" ? "terminated" : "stopped"}${tryWords(fields)}: ${because}`;
    case "no longer needed":
      return `No longer needed, ${actionWords(fields)}: ${because}`;
    case "run started":
      return `${capital(nounOf(fields))} ${podIn(fields)} is running`;
    case "accounts of a start differ, the shorter run holds": {
      const differs = typeof fields["differMs"] === "number" ? spanWords(fields["differMs"]) : "";
      return `Accounts of when pod ${podIn(fields)} started differ by ${differs}; the shorter run holds`;
    }
    case "run ended":
      return `${capital(nounOf(fields))} ${podIn(fields)} ${fields["podIs"] === "gone" ? "is gone" : "has stopped"}: ${because}`;
    case "protected pods":
      return `Protected pods: ${textOf(fields["pods"]) || "none"}`;
    case "rule matches none of the present pods":
      return `Rule ${JSON.stringify(fields["glob"])} in ${textOf(fields["where"])} matches none of the present pods`;
    case "poll failed; nothing decided":
      return `Poll failed, nothing decided: ${because}`;
    default:
      return capital([message, factWords(fields)].filter((part) => part !== "").join(": "));
  }
}

/** What the last poll saw, the most important first. */
export function statusParts(fields: LogFields): readonly string[] {
  const { balanceUsd, burnPerHrUsd, pods, clusters, podsBecause, fired } = fields;
  const balance = typeof balanceUsd === "number" ? usd(balanceUsd) : "unknown";
  const burn = typeof burnPerHrUsd === "number" ? perHour(burnPerHrUsd) : "unknown";
  const names = Array.isArray(fired) ? fired.map(textOf) : [];
  return [
    `Balance ${balance}`,
    `burn ${burn}`,
    ...leftWords(balanceUsd, burnPerHrUsd),
    podsBecause === undefined ? podCount(pods) : "pods unknown",
    ...(clusters === undefined
      ? []
      : [clusters === 1 ? "1 cluster" : `${textOf(clusters)} clusters`]),
    ...(names.length === 0 ? [] : [`below ${names.join(", ")}`]),
  ];
}

function podCount(pods: unknown): string {
  return pods === 1 ? "1 pod" : `${textOf(pods)} pods`;
}

function leftWords(balanceUsd: unknown, burnPerHrUsd: unknown): readonly string[] {
  if (typeof balanceUsd !== "number" || typeof burnPerHrUsd !== "number") return [];
  if (burnPerHrUsd <= 0 || balanceUsd <= 0) return [];
  return [`${shortSpan((balanceUsd / burnPerHrUsd) * 3_600_000)} left`];
}

function startWords({ pollIntervalMs, thresholds, dryRun, endsAfterMs, told }: LogFields): string {
  const every = typeof pollIntervalMs === "number" ? `, polls every ${spanOf(pollIntervalMs)}` : "";
  const names = Array.isArray(thresholds) ? thresholds.map(textOf).join(", ") : "";
  const dry = dryRun === true ? ". Dry run: nothing is called and nothing stopped" : "";
  const toldWords =
    told === undefined ? "" : `. You are not told: ${textOf(told).replace(/^nobody: /, "")}`;
  const end =
    typeof endsAfterMs === "number" ? `. Ends by itself after ${spanOf(endsAfterMs)}` : "";
  return `Daemon started${every}${names === "" ? "" : `; thresholds: ${names}`}${end}${dry}${toldWords}`;
}

/** `90 s`, `5 min`: exact, as it was set. */
function spanOf(ms: number): string {
  return ms % 60_000 === 0 ? spanWords(ms) : `${ms / 1_000} s`;
}

function eventWords({ event, threshold }: LogFields): string {
  const [what, name] = [textOf(event), textOf(threshold)];
  return name === "" || name === what ? what : `${name} (${what})`;
}

function channelWords({ channel }: LogFields): string {
  return channel === undefined ? "" : ` for ${textOf(channel)}`;
}

/** `, trying again in 2 min`. */
function againWords({ again, againInMs, try: tries }: LogFields): string {
  if (again !== true) return `, given up after ${tries === 1 ? "1 try" : `${textOf(tries)} tries`}`;
  return typeof againInMs === "number"
    ? `, trying again in ${spanWords(againInMs)}`
    : ", trying again";
}

function nounOf({ isCluster }: LogFields): string {
  return isCluster === true ? "cluster" : "pod";
}

/** For what an agent was called: a threshold, or a pod. */
function causeWords({ threshold, reason, guard, podId }: LogFields): string {
  return threshold === undefined
    ? `pod ${textOf(podId)} (${textOf(reason ?? guard)})`
    : `threshold ${textOf(threshold)}`;
}

function resultWords({ isError, turns, costUsd, denials }: LogFields): string {
  const refused = Array.isArray(denials) ? denials.length : 0;
  return [
    isError === true ? "an error" : "no error",
    ...(typeof turns === "number" ? [`${turns} turns`] : []),
    ...(typeof costUsd === "number" ? [usd(costUsd)] : []),
    ...(refused === 0 ? [] : [`was refused ${textOf(denials)}`]),
  ].join(", ");
}

function actionWords(fields: LogFields): string {
  switch (fields["effect"]) {
    case "notify":
      return `notification ${eventWords(fields)}${channelWords(fields)}`;
    case "end-pod":
    case "end-run":
      return `${textOf(fields["action"])} of ${nounOf(fields)} ${textOf(fields["podId"])}`;
    default:
      return `agent for ${causeWords(fields)}`;
  }
}

function tryWords({ try: tries, again }: LogFields): string {
  if (typeof tries !== "number") return "";
  return ` (try ${tries}${again === true ? ", to be tried again" : ", given up"})`;
}

function podIn({ podId, podName }: LogFields): string {
  return podWords({ id: textOf(podId), name: textOf(podName) });
}

/** `threshold=low`: money with two decimals, names of fields as the log has them. */
function factWords(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([name, value]) => !["tail", "stack"].includes(name) && value !== undefined)
    .map(([name, value]) =>
      name.endsWith("Usd") && typeof value === "number"
        ? `${name.slice(0, -"Usd".length)} ${usd(value)}`
        : `${name} ${textOf(value)}`,
    )
    .join(", ");
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) {
    return value.join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
