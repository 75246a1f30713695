import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { answer, startService } from "../notify/services/service.ts";
import { type Guard, guardWith, textOf, until } from "./guard.ts";

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isEnded({ simulator }: Guard): boolean {
  return simulator.account.pods().some(({ id, status }) => id === "p1" && status === "EXITED");
}

/** A daemon that was killed after a button was pressed, and before RunPod has done anything. */
async function killedMeanwhile(test: Parameters<typeof guardWith>[0]) {
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
  const daemon = guard.watchApart();
  await daemon.said("notification sent", { channel: "ntfy" });
  await daemon.said("run started");
  const { actions } = JSON.parse(ntfy.got[0]?.body ?? "") as {
    readonly actions: readonly { readonly url: string }[];
  };
  const runs = guard.runs();
  await until("the run is saved", () => guard.runs() !== runs || runs?.includes("p1"));
  guard.simulator.failAll("silence", "mutations");
  const button = actions[0]?.url ?? "";
  const pressed = await fetch(button, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "sure=yes",
    redirect: "manual",
  });
  expect(pressed.status).toBe(303);
  await until("RunPod was asked", () => guard.simulator.asked.some(({ does }) => does === "stop"));
  daemon.signal("SIGKILL");
  await daemon.ended;
  expect(isEnded(guard)).toBe(false);
  guard.simulator.clearFaults();
  return { guard, button };
}

it("a stop that was pressed on a phone is carried on when the daemon is killed meanwhile, and started anew", async (test) => {
  const { guard } = await killedMeanwhile(test);

  const again = guard.watch();
  await again.said("operation over", { by: "in a notification", state: "done" });

  expect(isEnded(guard)).toBe(true);
  await until("the history has it", () =>
    /in a notification at ..:.. UTC was interrupted, and is carried on/.test(
      textOf(join(guard.folder, "history.jsonl")) ?? "",
    ),
  );
  await until("nothing is written down any more", () =>
    textOf(join(guard.folder, "state.json.asked-ends"))?.includes('"ends":[]'),
  );
});

it("and its button is good again where that changes nothing", async (test) => {
  const { guard, button } = await killedMeanwhile(test);
  guard.configure({ protect: ["trainer"] });

  const again = guard.watch();
  await again.said("operation over", { by: "in a notification", state: "refused" });
  await again.said("page served");

  await until("nothing is written down any more", () =>
    textOf(join(guard.folder, "state.json.asked-ends"))?.includes('"ends":[]'),
  );
  expect(isEnded(guard)).toBe(false);
  const question = await fetch(button);
  expect(await question.text()).toMatch(/Stop pod trainer \(p1\)\?/);
  expect(textOf(join(guard.folder, "state.json.spent-links"))).toContain('"spent":[]');
});
