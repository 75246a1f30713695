import { isPlainId } from "#guard/text.ts";

/** What sort of thing it is: its words for people. */
export type What =
  | "pod"
  | "stopped pod"
  | "cluster"
  | "network volume"
  | "serverless endpoint"
  | "public endpoints"
  | "sandboxes"
  | "serverless"
  | "network storage"
  | "clusters"
  | "other";

/** Something that drains the balance, or may. */
export interface AuditRow {
  readonly what: What;
  readonly id: string | undefined;
  /** To be shown; empty when it has none. */
  readonly name: string;
  /** Undefined: it is not known what it costs. */
  readonly perDayUsd: number | undefined;
  /** Where the price is from: RunPod's own amount for it, a list, or what was billed in the last hours. */
  readonly priceFrom: "account" | "list" | "billing";
  /** Of what runs: whether it is at work. */
  readonly load?: "busy" | "idle" | "unknown";
  /** Nothing uses it. */
  readonly isUnattached?: boolean;
  /** Why it bills. */
  readonly because: string;
  /** The command or the page that ends it; or what must come before that. */
  readonly endWith: string;
  /** Nothing of ours ends it as it is. */
  readonly isKept?: boolean;
  /** What ending it deletes for good. */
  readonly loses?: string;
}

/** Where RunPod's console shows what no command of ours ends. */
export const pages = {
  pods: "https://console.runpod.io/pods",
  storage: "https://console.runpod.io/user/storage",
  serverless: "https://console.runpod.io/serverless",
  console: "https://console.runpod.io",
} as const;

/** An id that is not plain could be taken for more than an id where it is typed. */
export function commandOr(page: string, command: string, verb: string, id: string): string {
  return isPlainId(id) ? `${command} ${verb} ${id}` : page;
}

/** No command of ours ends what is protected. */
export const unprotectFirst = { endWith: "protected: unprotect it first", isKept: true } as const;

export const hoursInDay = 24;
