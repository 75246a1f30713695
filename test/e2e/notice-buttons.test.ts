import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { answer, startService } from "../notify/services/service.ts";
import { type Guard, guardWith, textOf } from "./guard.ts";

interface Action {
  readonly action: string;
  readonly label: string;
  readonly url: string;
}

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What stands in all files of the folder but the config. */
function written(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "config.json")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

const form = { "content-type": "application/x-www-form-urlencoded" };
const press = (url: string) =>
  fetch(url, { method: "POST", headers: form, body: "sure=yes", redirect: "manual" });

function statusOf({ simulator }: Guard, id: string): string | undefined {
  return simulator.account.pods().find((pod) => pod.id === id)?.status;
}

it("a pod is stopped from a phone: by a button of the notification, after a question, once, with its proof", async (test) => {
  const ntfy = await startService(answer(200, { id: "x", event: "message" }));
  const port = await freePort();
  const guard = await guardWith(test, {
    balanceUsd: 9,
    pods: [{ id: "p1", name: "trainer", costPerHrUsd: 1.49 }],
    config: {
      claude_command: [],
      notify: [{ type: "ntfy", url: `${ntfy.origin}/Zq9-topic-that-nobody-else-has` }],
      http: { listen: `127.0.0.1:${port}`, public_url: `http://127.0.0.1:${port}` },
    },
  });
  const daemon = guard.watch();
  await daemon.said("notification sent", { channel: "ntfy" });
  const { actions, message } = JSON.parse(ntfy.got[0]?.body ?? "") as {
    readonly actions: readonly Action[];
    readonly message: string;
  };
  const [button] = actions;
  if (button === undefined) throw new Error("no button");
  expect(message).toContain("Balance $9.00");
  expect(button).toMatchObject({ action: "view", label: expect.stringMatching(/^Stop .+ now$/) });

  // A preview of the link, and a person who looks.
  for (const method of ["HEAD", "GET", "GET"])
    expect((await fetch(button.url, { method })).status).toBe(200);
  const question = await (await fetch(button.url)).text();
  expect(question).toMatch(/<h1>Stop pod .+\?<\/h1>/);
  const podId = /\(([\w-]+)\)\?<\/h1>/.exec(question)?.[1] ?? "";
  expect(statusOf(guard, podId)).toBe("RUNNING");

  const all = await Promise.all(Array.from({ length: 3 }, () => press(button.url)));
  expect(all.map(({ status }) => status)).toContain(303);
  await daemon.said("operation over", { by: "in a notification" });
  expect(await (await fetch(button.url)).text()).toMatch(
    /<h1>Stopped: trainer \(p1\)<\/h1>[^]*EXITED/,
  );

  expect(statusOf(guard, podId)).toBe("EXITED");
  expect((await fetch(button.url)).headers.get("refresh")).toBeNull();
  const history = textOf(join(guard.folder, "history.jsonl")) ?? "";
  expect(history).toContain("in a notification");
  daemon.signal("SIGTERM");
  const { stderr } = await daemon.ended;

  const again = guard.watch();
  await again.said("page served");
  const used = await press(button.url);
  expect(used.status).toBe(410);
  expect(await used.text()).toMatch(/This button was used/);

  expect((await guard.command("notify", "test")).by).toBe(0);
  const [tried] = (JSON.parse(ntfy.got.at(-1)?.body ?? "") as { actions: readonly Action[] })
    .actions;
  expect(tried?.label).toBe("Try this button");
  expect(await (await fetch(tried?.url ?? "")).text()).toContain("The button works");
  again.signal("SIGTERM");
  const over = await again.ended;

  const token = button.url.split("/act/")[1] ?? "";
  for (const text of [written(guard.folder), stderr, over.stderr]) {
    expect(text).not.toContain(token.slice(0, 16));
    expect(text).not.toContain(token.split(".")[1]?.slice(0, 12));
  }
  expect(statSync(join(guard.folder, "state.json.spent-links")).mode & 0o777).toBe(0o600);
});
