import type { Change } from "#config/editing/edit.ts";
import {
  type Answers,
  type ChosenKey,
  type HeartbeatAnswer,
  type IdleAnswer,
  nameOf,
  type PageAnswer,
  type Told,
} from "./answers.ts";
import {
  type Current,
  hasHeartbeat,
  idleOf,
  listAt,
  objectAt,
  pageOf,
  protectOf,
  thresholdsOf,
  toldOf,
} from "./current.ts";
import { launchChanges } from "./launch-changes.ts";

const idleAfterMinutes = 30;
const beatSeconds = 60;

/** What the answers change in the config; `keyFile` is where a new key will stand. */
export function changesOf(
  current: Current,
  answers: Partial<Answers>,
  keyFile: string,
): readonly Change[] {
  const { key, thresholdsUsd, protect, told, idle, launch, heartbeat, page, service } = answers;
  return [
    ...(key === undefined ? [] : keyChanges(current, key, keyFile, service === true)),
    ...(thresholdsUsd === undefined ? [] : thresholdChanges(current, thresholdsUsd)),
    ...(protect === undefined ? [] : protectChanges(current, protect)),
    ...(told === undefined ? [] : toldChanges(current, told)),
    ...idleChanges(current, idle),
    ...(launch === undefined ? [] : launchChanges(current, launch)),
    ...(heartbeat === undefined ? [] : heartbeatChanges(current, heartbeat)),
    ...(page === undefined ? [] : pageChanges(current, page)),
  ];
}

/** Where a key has to be written to a file of its own. */
export function needsKeyFile({ key, service }: Pick<Answers, "key" | "service">): boolean {
  // A service does not see a shell's variables.
  return key.kind === "new" || (key.kind === "shell" && service);
}

function keyChanges(
  { raw }: Current,
  key: ChosenKey,
  keyFile: string,
  service: boolean,
): readonly Change[] {
  const path = key.kind === "file" ? key.path : keyFile;
  if (key.kind !== "file" && !needsKeyFile({ key, service })) return [];
  return [
    // It would count before the file.
    ...(raw["api_key"] === undefined ? [] : [{ path: ["api_key"], value: undefined }]),
    ...(raw["api_key_file"] === path ? [] : [{ path: ["api_key_file"], value: path }]),
  ];
}

function thresholdChanges(current: Current, amountsUsd: readonly number[]): readonly Change[] {
  return thresholdsOf(current).flatMap(({ at, belowUsd }, n) => {
    const amount = amountsUsd[n];
    return amount === undefined || amount === belowUsd
      ? []
      : [{ path: ["thresholds", at, "below_usd"], value: amount }];
  });
}

/** Entry by entry, so that the comments beside the others stay. */
function protectChanges(current: Current, wanted: readonly string[]): readonly Change[] {
  const now = protectOf(current);
  const gone = now.flatMap((entry, at) => (wanted.includes(entry) ? [] : [at])).toReversed();
  const left = now.length - gone.length;
  const added = wanted.filter((entry) => !now.includes(entry));
  if (!Array.isArray(current.raw["protect"])) {
    return added.length === 0 ? [] : [{ path: ["protect"], value: added }];
  }
  return [
    ...gone.map((at) => ({ path: ["protect", at], value: undefined })),
    ...added.map((entry, n) => ({ path: ["protect", left + n], value: entry })),
  ];
}

function toldChanges(current: Current, told: Told): readonly Change[] {
  switch (told.kind) {
    case "as-it-is":
    case "none":
      return [];
    case "command":
      return [{ path: ["extra_notify_command"], value: told.command }];
    case "channel": {
      const { channel } = told;
      const { channels } = toldOf(current);
      const name = nameOf(channel);
      const at = channels.indexOf(name);
      if (at >= 0) return replaced(current, at, channel);
      return Array.isArray(current.raw["notify"])
        ? [{ path: ["notify", channels.length], value: channel }]
        : [{ path: ["notify"], value: [channel] }];
    }
  }
}

/** What the entry has beside, such as its quiet hours, stays. */
function replaced(
  { raw }: Current,
  at: number,
  channel: Readonly<Record<string, unknown>>,
): readonly Change[] {
  const before = (listAt(raw, "notify")[at] ?? {}) as Readonly<Record<string, unknown>>;
  const keptKeys = ["name", "events", "min_severity", "quiet_hours", "timezone", "timeout_seconds"];
  const isKept = (key: string): boolean =>
    key in channel ||
    key.startsWith("_") ||
    (before["type"] === channel["type"] && keptKeys.includes(key));
  return [
    ...Object.keys(before)
      .filter((key) => !isKept(key))
      .map((key) => ({ path: ["notify", at, key], value: undefined })),
    ...Object.entries(channel)
      .filter(([key, value]) => JSON.stringify(before[key]) !== JSON.stringify(value))
      .map(([key, value]) => ({ path: ["notify", at, key], value })),
  ];
}

function idleChanges(current: Current, idle: IdleAnswer): readonly Change[] {
  const now = idleOf(current);
  if (idle === undefined || idle === now) return [];
  return now === undefined
    ? [
        {
          path: ["guards", "idle"],
          value: { action: idle, after_minutes: idleAfterMinutes },
        },
      ]
    : [{ path: ["guards", "idle", "action"], value: idle }];
}

/** What stands beside its address stays. */
function pageChanges(current: Current, answer: PageAnswer): readonly Change[] {
  const now = pageOf(current);
  switch (answer.kind) {
    case "as-it-is":
      return [];
    case "none":
      return now === undefined ? [] : [{ path: ["http"], value: undefined }];
    case "at": {
      const { listen } = answer;
      if (now === undefined) return [{ path: ["http"], value: { listen } }];
      return now === listen ? [] : [{ path: ["http", "listen"], value: listen }];
    }
  }
}

function heartbeatChanges(current: Current, answer: HeartbeatAnswer): readonly Change[] {
  switch (answer.kind) {
    case "as-it-is":
      return [];
    case "none":
      return hasHeartbeat(current) ? [{ path: ["heartbeat"], value: undefined }] : [];
    case "url": {
      if (!hasHeartbeat(current)) {
        return [{ path: ["heartbeat"], value: { ...answer.entry, every_seconds: beatSeconds } }];
      }
      const now = objectAt(current.raw, "heartbeat");
      const others = ["url", "url_env", "url_file"].filter(
        (key) => key in now && !(key in answer.entry),
      );
      return [
        ...others.map((key) => ({ path: ["heartbeat", key], value: undefined })),
        ...Object.entries(answer.entry).map(([key, value]) => ({
          path: ["heartbeat", key],
          value,
        })),
      ];
    }
  }
}
