import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "vitest";
import type { ChannelSettings } from "#notify/settings.ts";
import { createAccountServer } from "#outside/node/account-server.ts";
import { createBeatSender } from "#outside/beat/send-beat.ts";
import { beatOf, type Spoken } from "#outside/beat/beat-of.ts";
import { secretName } from "#outside/worker/accounts.ts";
import { exchange } from "#requests/exchange.ts";
import { keptLog } from "../effects/samples.ts";
import { tempFolder } from "../temp-folder.ts";
import { spokenWith } from "./kept.ts";

export const adminToken = "a-token-of-this-test";
const beatKey = "a-beat-key-of-this-test-and-of-no-other";

/** The guard outside on a machine with Node, with one account. */
export async function servedByNode(
  test: Pick<TestContext, "onTestFinished">,
  channels: readonly ChannelSettings[] = [],
) {
  const secret = { beatKey, apiKey: "key", api: "rest", channels };
  const served = createAccountServer({
    folder: tempFolder(),
    bindings: {
      RUNPODBOSS_ADMIN_TOKEN: adminToken,
      [secretName("main")]: JSON.stringify({
        ...secret,
        graphqlUrl: "http://127.0.0.1:1/graphql",
      }),
    },
    log: keptLog().log,
  });
  await served.resume();
  served.server.listen(0, "127.0.0.1");
  await once(served.server, "listening");
  test.onTestFinished(() => served.close());
  const { port } = served.server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const address = { url: origin, account: "main", beatKey };
  const send = createBeatSender(exchange, Date.now);
  return {
    origin,
    address,
    beat: (changes: Partial<Spoken>) =>
      send(
        beatOf(spokenWith({ nowMs: Date.now(), ...changes })),
        address,
        new AbortController().signal,
      ),
  };
}
