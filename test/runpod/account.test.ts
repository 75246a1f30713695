import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { exchange } from "#requests/exchange.ts";
import { realPaces } from "#paces.ts";
import { type AccountOptions, createAccounts } from "#runpod/account.ts";
import { apiKey } from "../simulator/ask.ts";
import { checkedSimulator } from "../simulator/checked.ts";
import { createFakeClock } from "../fake-clock.ts";

const forever = new AbortController().signal;

/** The adapters bundled for no machine in particular, in a world that has only what all of them have. */
async function elsewhere(): Promise<typeof createAccounts> {
  const { outputFiles } = await build({
    entryPoints: ["src/runpod/account.ts"],
    inject: ["src/runpod/graphql/plain-headers.ts"],
    bundle: true,
    write: false,
    platform: "neutral",
    mainFields: ["module", "main"],
    format: "iife",
    globalName: "adapters",
  });
  const world = createContext({
    URL,
    URLSearchParams,
    AbortController,
    AbortSignal,
    TextEncoder,
    TextDecoder,
    setTimeout,
    clearTimeout,
  });
  runInContext(outputFiles[0]?.text ?? "", world);
  return runInContext("adapters.createAccounts", world) as typeof createAccounts;
}

describe("a poll says whom it is from, and why", () => {
  it.each<[AccountOptions["api"], boolean, object]>([
    ["graphql", true, { api: "graphql", because: 'the config now says "api": "graphql"' }],
    ["rest", true, { api: "rest", because: 'the config now says "api": "rest"' }],
    ["auto", false, { api: "graphql", because: expect.stringContaining("no rest_url") as string }],
    ["auto", true, { api: "graphql" }],
  ])("with %s, and an address of REST: %s", async (api, hasRest, source) => {
    const simulator = await checkedSimulator();
    const { account } = createAccounts({
      api,
      graphqlUrl: simulator.url,
      restUrl: hasRest ? simulator.restUrl : undefined,
      apiKey,
      clock: createFakeClock(),
      paces: realPaces.request,
      request: exchange,
    });

    const look = await account.look(forever);

    expect(look.source).toEqual(
      api === "auto" && hasRest ? source : { ...source, isConfigured: true },
    );
  });
});

describe("where there is no Node", () => {
  it.each<AccountOptions["api"]>(["graphql", "rest", "auto"])(
    "%s looks, measures and ends",
    async (api) => {
      const simulator = await checkedSimulator({ pods: [{ id: "a", costPerHrUsd: 1 }] });
      const { account } = (await elsewhere())({
        api,
        graphqlUrl: simulator.url,
        restUrl: simulator.restUrl,
        apiKey,
        clock: createFakeClock(),
        paces: realPaces.request,
        request: exchange,
      });

      const look = await account.look(forever);
      const measured = await account.measure(forever);
      const answer = await account.end({ id: "a" }, "stop", forever);

      expect(look).toMatchObject({ kind: "seen", balanceUsd: 10, pods: [{ id: "a" }] });
      expect(measured).toMatchObject({ kind: "measured", samples: [{ podId: "a" }] });
      expect(answer).toMatchObject({ kind: "accepted" });
      expect(simulator.account.ended()).toHaveLength(1);
    },
  );
});
