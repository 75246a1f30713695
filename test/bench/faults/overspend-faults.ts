import type { Fault, Only } from "#simulator/faults.ts";
import type { AgentKind } from "./programs.ts";

/** What goes wrong from the crossing on. Unless it says otherwise the agent lies: the guard is alone. */
export interface OverspendFault {
  readonly name: string;
  readonly agent?: AgentKind;
  readonly api?: {
    readonly fault: Fault;
    readonly times: number;
    readonly only?: Only;
    /** From shortly before the backstop comes due, and not from the crossing on. */
    readonly atBackstop?: boolean;
  };
  /** GraphQL ends for good, and RunPod's REST API goes on. */
  readonly graphqlRetires?: "while the balance falls" | "shortly before the backstop";
  readonly notifyHangs?: boolean;
  readonly guard?: "killed at the trip" | "killed after the trip" | "cannot save";
}

/** Every look from the crossing on, until two polls have failed. */
function twoPolls(name: string, fault: Fault): OverspendFault {
  return { name: `API ${name}, two polls`, api: { fault, times: 2, only: "looking" } };
}

export const overspendFaults: readonly OverspendFault[] = [
  { name: "none, the agent works", agent: "works" },
  { name: "agent missing", agent: "missing" },
  { name: "agent hanging", agent: "hanging" },
  { name: "agent failing", agent: "failing" },
  { name: "agent failing once", agent: "failing once" },
  { name: "agent lying", agent: "lying" },
  { name: "agent refused", agent: "refused" },
  twoPolls("500", "http-500"),
  twoPolls("101", "http-101"),
  twoPolls("429", "http-429"),
  twoPolls("HTML", "http-502-html"),
  twoPolls("drop", "drop"),
  twoPolls("short", "short"),
  twoPolls("[]", "array"),
  twoPolls("null balance", "balance-null"),
  twoPolls("NaN balance", "balance-nan"),
  twoPolls("silence", "silence"),
  twoPolls("unreadable pods", "pod-ids-renamed"),
  { name: "killed with -9, trip just saved", guard: "killed after the trip" },
  { name: "killed with -9, trip not yet saved", guard: "killed at the trip" },
  { name: "state cannot be saved, as on a full disk", guard: "cannot save" },
  { name: "notify hanging", notifyHangs: true },
  {
    name: "a stop errors but happened",
    api: { fault: "stop-errors-but-happens", times: 1, only: "mutations" },
  },
  {
    name: "a stop says yes, does nothing",
    api: { fault: "stop-lies", times: 1, only: "mutations" },
  },
  {
    name: "both stops are never answered",
    api: { fault: "silence", times: 2, only: "mutations" },
  },
  {
    name: "telemetry silent",
    api: { fault: "silence", times: 50, only: "measuring" },
  },
  {
    name: "API 500, two polls at the backstop",
    api: { fault: "http-500", times: 2, only: "looking", atBackstop: true },
  },
  {
    name: "API silence, two polls at the backstop",
    api: { fault: "silence", times: 2, only: "looking", atBackstop: true },
  },
  {
    name: "GraphQL retires while the balance falls",
    graphqlRetires: "while the balance falls",
  },
  {
    name: "GraphQL retires at the backstop",
    graphqlRetires: "shortly before the backstop",
  },
];
