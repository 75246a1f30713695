import * as z from "zod";
import type { Look, Pod } from "#guard/model/account.ts";

/** What a list has shown of a pod, for people to be shown it elsewhere. Nothing is decided by it. */
export const podRow = z.object({
  id: z.string(),
  name: z.string(),
  /** Absent: unknown, as all that is absent here. */
  rawName: z.string().optional(),
  otherNames: z.array(z.string()).optional(),
  status: z.enum(["pending", "running", "stopped", "gone", "unknown"]),
  word: z.string().optional(),
  costPerHrUsd: z.number().optional(),
  isLocked: z.boolean().optional(),
  hasNetworkVolume: z.boolean().optional(),
  doubt: z.string().optional(),
  /** It is a whole cluster. */
  members: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

type PodRow = z.infer<typeof podRow>;

export function rowOf(pod: Pod): PodRow {
  const { id, name, rawName, otherNames, status, word } = pod;
  const { costPerHrUsd, isLocked, hasNetworkVolume, doubt, cluster } = pod;
  const members = cluster?.members.map((each) => ({ id: each.id, name: each.name }));
  return {
    id,
    name,
    rawName,
    otherNames: otherNames && [...otherNames],
    status,
    word,
    costPerHrUsd,
    isLocked,
    hasNetworkVolume,
    doubt,
    members,
  };
}

export function podOf({ members, otherNames, doubt, ...row }: PodRow): Pod {
  const unknown = { status: "unknown", word: undefined, costPerHrUsd: undefined } as const;
  return {
    ...row,
    rawName: row.rawName,
    word: row.word,
    costPerHrUsd: row.costPerHrUsd,
    isLocked: row.isLocked,
    hasNetworkVolume: row.hasNetworkVolume,
    ...(otherNames && { otherNames }),
    ...(doubt !== undefined && { doubt }),
    ...(members && { cluster: { members: members.map((each) => ({ ...each, ...unknown })) } }),
  };
}

/** What is kept of a look beside the state, for people only. It seldom changes, so that it is seldom written. */
export function keptOfLook(look: Look): Record<string, string | undefined> {
  if (look.kind === "blind") return { "own.blindBecause": look.because };
  const { pods, podsBecause = "its answer had no list" } = look;
  return pods === "unknown"
    ? { "own.blindBecause": undefined, "own.podsBecause": podsBecause }
    : { ...noLook, "own.pods": JSON.stringify(pods.map(rowOf)) };
}

/** Undefined: no look from here has listed the pods. */
export function podsKept(all: Readonly<Record<string, string>>): readonly Pod[] | undefined {
  const text = all["own.pods"];
  const { data } = podRow.array().safeParse(text === undefined ? undefined : JSON.parse(text));
  return data?.map(podOf);
}

/** What removes it. */
export const noLook = {
  "own.blindBecause": undefined,
  "own.podsBecause": undefined,
  "own.pods": undefined,
} as const;
