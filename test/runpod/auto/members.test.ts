import { describe, expect, it } from "vitest";
import { whyKept } from "#guard/account/may-end.ts";
import type { Look, Pod } from "#guard/model/account.ts";
import { createMembers } from "#runpod/auto/members.ts";
import { accountShowing } from "../../effects/fake-account.ts";
import { blind, pod, seen } from "../../guard/samples.ts";

const signal = new AbortController().signal;
const member = { id: "m1", name: "rank-0", status: "running", word: "RUNNING" } as const;
const cluster = { members: [{ ...member, costPerHrUsd: 3 }] };
const whole = seen({ pods: [pod({ id: "c1", cluster }), pod({ id: "p1" })] });
const byGraphql = seen({ pods: [pod({ id: "m1" }), pod({ id: "p1" })] });

async function after(...rest: readonly [Look, ...Look[]]): Promise<readonly Pod[] | "unknown"> {
  const members = createMembers();
  const account = members.noting(accountShowing(rest));
  for (const _ of rest) await account.look(signal);
  const look = members.marked(byGraphql);
  return look.kind === "seen" ? look.pods : "unknown";
}

describe("a member of a cluster that GraphQL lists like any pod", () => {
  it("is not ended by itself, once REST has shown its cluster", async () => {
    const [first, other] = (await after(whole)) as readonly [Pod, Pod];

    expect(whyKept(first, [])).toEqual({
      is: "unknown",
      because: "how to stop it apart from its cluster c1 is unknown",
    });
    expect(whyKept(other, [])).toBeUndefined();
  });

  it("stays so while REST does not see, and no longer than the cluster is there", async () => {
    const unseen = await after(whole, blind(), seen({ pods: "unknown" }));

    expect(unseen).toMatchObject([{ id: "m1", doubt: expect.any(String) as string }, { id: "p1" }]);
    expect(await after(whole, seen({ pods: [] }))).toEqual(byGraphql.pods);
  });

  it("is a pod like any other where REST has shown nothing", async () => {
    expect(await after(blind())).toEqual(byGraphql.pods);
  });
});
