import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createAccountServer } from "#outside/node/account-server.ts";
import { secretName } from "#outside/worker/accounts.ts";
import { answer, startService } from "../notify/services/service.ts";
import { apiKey, type Guard, guardWith, textOf } from "./guard.ts";

const beatKey = "a-beat-key-of-this-test-and-of-no-other";
const account = "main";

/** Where the guard outside runs, on a machine that phones reach. */
async function outsideFor(test: Parameters<typeof guardWith>[0], folder: string) {
  const nowhere = "http://127.0.0.1:9/";
  const secrets = {
    beatKey,
    apiKey,
    api: "rest",
    graphqlUrl: nowhere,
    restUrl: nowhere,
    channels: [],
  };
  const quiet = (): void => undefined;
  const served = createAccountServer({
    folder,
    bindings: { [secretName(account)]: JSON.stringify(secrets) },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  test.onTestFinished(() => served.close());
  const { server } = served;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function isEnded({ simulator }: Guard): boolean {
  return simulator.account.pod("p1")?.status === "EXITED";
}

/** Waits until the page of the button has these words. */
function shows(button: string, words: string): Promise<void> {
  const page = async (): Promise<string> => (await fetch(button)).text();
  return expect.poll(page, { timeout: 30_000, interval: 250 }).toContain(words);
}

function press(button: string): Promise<Response> {
  return fetch(button, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "sure=yes",
  });
}

it("a button works on a phone that reaches no page of the daemon, through the guard outside, and shows there what came of it", async (test) => {
  const ntfy = await startService(answer(200, { id: "x", event: "message" }));
  const guard = await guardWith(test, {
    balanceUsd: 9,
    pods: [{ id: "p1", name: "trainer", costPerHrUsd: 1.49 }],
  });
  const url = await outsideFor(test, join(guard.folder, "outside"));
  guard.write("beat.key", beatKey);
  guard.configure({
    claude_command: [],
    notify: [{ type: "ntfy", url: `${ntfy.origin}/Zq9-topic-that-nobody-else-has` }],
    outside: { url, account, key_file: join(guard.folder, "beat.key") },
  });
  const daemon = guard.watch();
  await daemon.said("notification sent", { channel: "ntfy" });
  const { actions } = JSON.parse(ntfy.got[0]?.body ?? "") as {
    readonly actions: readonly { readonly url: string }[];
  };
  const button = actions[0]?.url ?? "";
  expect(button.startsWith(`${url}/act/${account}/`)).toBe(true);
  await shows(button, "Stop pod trainer (p1)?");
  expect(isEnded(guard)).toBe(false);

  await press(button);

  await shows(button, "Done: Stop pod trainer (p1)");
  expect(isEnded(guard)).toBe(true);
  expect(textOf(join(guard.folder, "history.jsonl"))).toContain("in a notification");
});
