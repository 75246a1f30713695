import { describe, expect, it } from "vitest";
import type { Blind, Look, Seen } from "#guard/model/account.ts";
import type { Account, EndAnswer } from "#ports.ts";
import { rehearse } from "#runpod/auto/rehearse.ts";
import { pod } from "../../guard/samples.ts";

const signal = new AbortController().signal;
const sees: Seen = {
  kind: "seen",
  atMs: 0,
  balanceUsd: 5,
  burnPerHrUsd: 0,
  pods: [],
  unreadablePods: 0,
};
const refused = (because: string, isReadOnlyKey: boolean): EndAnswer => ({
  kind: "failed",
  because,
  isReadOnlyKey,
});
const unknown = refused("HTTP 404: pod not found (RunPod knows no such pod)", false);
const forbidden = refused("HTTP 403: the API key lacks the scope pods:write", true);
const advice =
  "make an API key with what this one lacks, in RunPod's console under Settings, API Keys";

function face(look: Look, answer: EndAnswer = unknown) {
  const ends: string[] = [];
  const account: Account = {
    look: () => Promise.resolve(look),
    measure: () => Promise.resolve({ kind: "measured", atMs: 0, samples: [] }),
    end({ id }, action) {
      ends.push(`${action} ${id}`);
      return Promise.resolve(answer);
    },
  };
  return { account, ends };
}

async function rehearsed(of: Look, ofRest: Look, answer: EndAnswer, isDry = false) {
  const [graphql, rest] = [face(of), face(ofRest, answer)];
  const options = { mayShowIdle: () => true, isDry };
  const faces = { graphql: graphql.account, rest: rest.account };
  const outcome = await rehearse(faces, options, signal);
  return { outcome, ends: rest.ends, endsOfGraphql: graphql.ends };
}

describe("a rehearsal asks REST to stop a pod that does not exist", () => {
  it.each<[string, EndAnswer, string | undefined]>([
    ["no such pod: the key may stop pods", unknown, undefined],
    [
      "forbidden: it fails, with the scope",
      forbidden,
      `this key could not stop pods through REST v2 (${forbidden.kind === "failed" ? forbidden.because : ""}); ${advice}`,
    ],
    ["a state that forbids it says nothing", refused("HTTP 409: conflict", false), undefined],
    ["a broken line says nothing", refused("socket hang up", false), undefined],
    ["a yes says nothing", { kind: "accepted" }, undefined],
  ])("%s", async (_sentence, answer, because) => {
    const { outcome, ends, endsOfGraphql } = await rehearsed(sees, sees, answer);

    expect(outcome).toMatchObject(
      because === undefined ? { kind: "worked" } : { kind: "failed", because },
    );
    expect(ends).toEqual(["stop runpodboss-rehearsal"]);
    expect(endsOfGraphql).toEqual([]);
  });

  const named = pod({ id: "runpodboss-rehearsal", status: "stopped" });
  const lost: Blind = { kind: "blind", atMs: 0, cause: "unreachable", because: "no answer" };
  it.each<[string, Look, Look, boolean]>([
    ["in a dry run", sees, sees, true],
    ["where a pod has that id", { ...sees, pods: [named] }, { ...sees, pods: [named] }, false],
    ["where it is unknown which pods there are", { ...sees, pods: "unknown" }, sees, false],
    ["where REST cannot be reached", sees, lost, false],
    ["where GraphQL does not see either", lost, sees, false],
  ])("but not %s", async (_sentence, of, ofRest, isDry) => {
    expect((await rehearsed(of, ofRest, forbidden, isDry)).ends).toEqual([]);
  });

  it("a key that may neither read the balance nor stop pods is told both", async () => {
    const because = "HTTP 403: the API key lacks the scope billing:read";
    const blind: Blind = { kind: "blind", atMs: 0, cause: "key-refused", because };
    const { outcome } = await rehearsed(sees, blind, forbidden);

    expect(outcome).toMatchObject({
      because: expect.stringMatching(/billing:read.*pods:write.*make an API key/),
    });
  });

  it("a server's error is no reason to compare anything", async () => {
    const error: Blind = { kind: "blind", atMs: 0, cause: "server-error", because: "HTTP 500" };
    const { outcome } = await rehearsed(sees, error, unknown);

    expect(outcome).toMatchObject({
      kind: "failed",
      because:
        "REST v2 does not see the account (HTTP 500); https://uptime.runpod.io shows RunPod's state",
    });
  });
});
