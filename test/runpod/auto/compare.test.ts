import { describe, expect, it } from "vitest";
import type { Look, Seen } from "#guard/model/account.ts";
import { differences } from "#runpod/auto/compare.ts";
import { pod, seen } from "../../guard/samples.ts";

const minuteMs = 60_000;
const a = pod({ id: "a", name: "alpha" });
const b = pod({ id: "b", name: "" });
const cluster = pod({
  id: "c",
  cluster: {
    members: [{ id: "m", name: "m", status: "running", word: "RUNNING", costPerHrUsd: 1 }],
  },
});
const graphql = seen({ balanceUsd: 10, burnPerHrUsd: 6, pods: [a] });

function differ(rest: Look, before: Partial<Seen> = {}, after: Partial<Seen> = before) {
  return differences({ before: { ...graphql, ...before }, rest, after: { ...graphql, ...after } });
}
const rest = (look: Partial<Seen> = {}): Seen => ({ ...graphql, ...look });

describe("REST shows the same", () => {
  it.each<[string, Seen, Partial<Seen>?, Partial<Seen>?]>([
    ["when all is equal", rest()],
    ["but for a cent and five minutes of burn, as RunPod bills", rest({ balanceUsd: 9.49 })],
    [
      "but for what burns in the time between",
      rest({ balanceUsd: 9.4, atMs: 1_000 + 2 * minuteMs }),
    ],
    [
      "when the burn is unknown, and with it how far both may be apart",
      rest({ balanceUsd: 5, burnPerHrUsd: undefined }),
      { burnPerHrUsd: undefined },
    ],
    ["when only REST knows the burn", rest({ balanceUsd: 9.6 }), { burnPerHrUsd: undefined }],
    ["with a cluster that GraphQL does not list", rest({ pods: [a, cluster] })],
    [
      "with a cluster whose members GraphQL lists one by one",
      rest({ pods: [a, cluster] }),
      { pods: [a, pod({ id: "m" })] },
    ],
    ["with a pod that started between the polls", rest({ pods: [a, b] }), {}, { pods: [a, b] }],
    [
      "without a pod that ended between the polls",
      rest({ pods: [a] }),
      { pods: [a, b] },
      { pods: [a] },
    ],
    ["with a pod whose status is not understood", rest({ pods: [{ ...a, status: "unknown" }] })],
    ["with pods that do not run", rest({ pods: [a, { ...b, status: "stopped" }] })],
    [
      "where a row cannot be read, which may be the pod that is missing",
      rest({ pods: [], unreadablePods: 1 }),
    ],
    ["where GraphQL itself lists no pods", rest({ pods: [b] }), { pods: "unknown" }],
    ["after money was added between the polls", rest({ balanceUsd: 60 }), {}, { balanceUsd: 60 }],
  ])("%s", (_sentence, look, before, after) => {
    expect(differ(look, before, after)).toEqual([]);
  });
});

describe("REST differs", () => {
  it.each<[string, Look, string]>([
    [
      "when it does not see at all",
      { kind: "blind", atMs: 0, cause: "key-refused", because: "billing:read is missing" },
      "REST v2 does not see the account (billing:read is missing)",
    ],
    [
      "in the balance, and both numbers are named",
      rest({ balanceUsd: 9.4 }),
      "REST v2 shows a balance of $9.40, GraphQL $10.00",
    ],
    [
      "without the list of pods",
      rest({ pods: "unknown" }),
      "REST v2 does not list the pods (its answer had no list)",
    ],
    [
      "without the list of pods, for a reason",
      rest({ pods: "unknown", podsBecause: "page 2 failed" }),
      "REST v2 does not list the pods (page 2 failed)",
    ],
  ])("%s", (_sentence, look, words) => {
    expect(differ(look)).toEqual([words]);
  });

  it("in who runs, either way", () => {
    expect(differ(rest({ pods: [b] }))).toEqual([
      "only GraphQL shows as running: alpha (a)",
      "only REST v2 shows as running: b",
    ]);
  });

  it("in more pods than are named", () => {
    const pods = ["1", "2", "3", "4", "5", "6", "7"].map((id) => pod({ id, name: "" }));

    expect(differ(rest({ pods: [a, ...pods] }))).toEqual([
      "only REST v2 shows as running: 1, 2, 3, 4, 5 and 2 more",
    ]);
  });
});
