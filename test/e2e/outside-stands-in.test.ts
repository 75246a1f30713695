import { createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, inject, it, type TestContext } from "vitest";
import { type AccountSecrets, secretName } from "#outside/worker/accounts.ts";
import { answer, startService } from "../notify/services/service.ts";
import type { Asked, Told } from "../workerd/timed-worker.ts";
import { startWorkerd } from "../workerd/workerd.ts";
import { apiKey, type Json, until } from "./guard.ts";
import { guardAt } from "./set-time.ts";

const minuteMs = 60_000;
const account = "main";
const beatKey = "a-beat-key-of-this-test-and-of-no-other";

const pods = [
  { id: "p1", name: "trainer", costPerHrUsd: 1.49 },
  { id: "p2", name: "sweeper", costPerHrUsd: 0.49 },
  { id: "k1", name: "database", costPerHrUsd: 0.2 },
];

const thresholds = [
  {
    name: "emergency",
    below_usd: 10,
    prompt: "{name}",
    backstop: { action: "stop", after_seconds: 60 },
  },
];

/** A daemon in a process of its own, a guard outside in workerd, and people who hear of both by one channel. */
async function standing(test: TestContext) {
  const phone = await startService(answer(200, ""));
  const worker = await startWorkerd();
  test.onTestFinished(() => worker.dispose());
  const way = await wayTo(worker.url, test);
  const guard = await guardAt(test, Date.now(), () => ({
    pods,
    balanceUsd: 20,
    config: {
      claude_command: [],
      thresholds,
      protect: ["data*"],
      notify: [{ type: "webhook", name: "phone", url: phone.origin, min_severity: "info" }],
    },
  }));
  guard.write("beat.key", beatKey);
  const key_file = join(guard.folder, "beat.key");
  guard.configure({ outside: { url: way.url, account, key_file, on_silence: "guard" } });
  const { url, restUrl } = guard.simulator;
  const secrets: AccountSecrets = {
    beatKey,
    apiKey,
    api: inject("api"),
    graphqlUrl: url,
    restUrl,
    channels: [
      {
        type: "webhook",
        name: "phone",
        url: phone.origin,
        headers: {},
        minSeverity: "info",
        timeLimitMs: 60_000,
      },
    ],
  };
  const tell = async (asked: Asked): Promise<Told> => {
    const response = await fetch(new URL(`/beat/${account}`, worker.url), {
      method: "POST",
      headers: { "x-test": "yes" },
      body: JSON.stringify(asked),
    });
    return (await response.json()) as Told;
  };
  await tell({ bindings: { [secretName(account)]: JSON.stringify(secrets) } });
  const heard = async (): Promise<string> => (await tell({})).kept["beat"] ?? "";
  return {
    guard,
    way,
    told: (): readonly Json[] => phone.got.map(({ body }) => JSON.parse(body) as Json),
    /** Of a daemon that has looked, and not only begun. */
    beat: () => untilAsked("a beat", async () => /"rows\\":\[\{/.test(await heard())),
    /** For everybody so much time passes, and the alarm outside goes off where it is due. */
    pass: async (ms: number) => {
      guard.sleepUntil(guard.nowMs() + ms);
      await tell({ aheadMs: ms, wakes: 1 });
    },
    kept: async () => (await tell({})).kept,
    history: async () => {
      const { stdout } = await guard.command("history", "--json");
      return (JSON.parse(stdout) as { readonly events: readonly Json[] }).events;
    },
  };
}

/** The way from the machine to the guard outside, which can be cut. */
async function wayTo(target: string, test: TestContext) {
  let isCut = false;
  const server = createServer((incoming, response) => {
    if (isCut) return void incoming.socket.destroy();
    const { method, url = "/", headers } = incoming;
    const onward = ask(new URL(url, target), { method, headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    cut: (next: boolean) => {
      isCut = next;
      if (next) server.closeAllConnections();
    },
  };
}

async function untilAsked(what: string, isSo: () => Promise<boolean>): Promise<void> {
  let is = false;
  const asking = setInterval(() => void isSo().then((found) => (is ||= found)), 50);
  await until(what, () => is).finally(() => clearInterval(asking));
}

const eventsIn = (told: readonly Json[], ...names: readonly string[]) =>
  told.map(({ event }) => String(event)).filter((event) => names.includes(event));

describe("the guard outside", () => {
  it("tells and stops with proof in the place of a daemon that was killed, which goes on from there: nothing twice", async (test) => {
    const { guard, told, beat, pass, kept, history } = await standing(test);
    const { account: runpod } = guard.simulator;
    const daemon = guard.watch();
    await beat();
    daemon.signal("SIGKILL");
    await daemon.ended;
    runpod.setBalance(9);

    await pass(9 * minuteMs);
    const soon = told().length;
    await pass(2 * minuteMs);
    const atFirst = eventsIn(told(), "silent", "trip");
    await pass(minuteMs);
    await pass(minuteMs);
    const whileSilent = runpod.ended().map(({ podId }) => podId);
    const before = told().length;
    const back = guard.watch();
    await untilAsked("what was done was taken over", async () => !("standIn" in (await kept())));
    await back.said("polled");
    await pass(minuteMs);
    await untilAsked("people hear of it", () =>
      Promise.resolve(eventsIn(told(), "heard").length > 0),
    );
    const records = await history();

    expect(soon).toBe(0);
    expect(atFirst).toEqual(["silent", "trip"]);
    expect(whileSilent.toSorted()).toEqual(["p1", "p2"]);
    expect(
      told()
        .slice(0, before)
        .map(({ text }) => text),
    ).toContainEqual(expect.stringMatching(/All pods I may stop have stopped/));
    expect(eventsIn(told().slice(before), "trip", "backstop", "silent")).toEqual([]);
    expect(runpod.ended()).toHaveLength(2);
    expect(runpod.pod("k1")?.status).toBe("RUNNING");
    expect(records.filter((each) => each["event_type"] === "trip")).toHaveLength(1);
    expect(stopsIn(records)).toEqual(["p1", "p2"]);
    expect(JSON.stringify(records)).toMatch(/the guard outside guarded while .* was silent/);
  });

  it("acts beside a daemon that runs and cannot reach it: once it is heard, nothing is told or stopped again", async (test) => {
    const { guard, way, told, beat, pass, kept, history } = await standing(test);
    const { account: runpod } = guard.simulator;
    const daemon = guard.watch();
    await beat();
    way.cut(true);
    runpod.setBalance(9);
    await daemon.said("threshold tripped");

    await pass(11 * minuteMs);
    await pass(minuteMs);
    await until("the pods are stopped", () => runpod.ended().length === 2);
    await pass(minuteMs);
    const before = told().length;
    const stoodIn = "standIn" in (await kept());
    way.cut(false);
    await untilAsked("what was done was taken over", async () => !("standIn" in (await kept())));
    await pass(minuteMs);
    await untilAsked("people hear of it", () =>
      Promise.resolve(eventsIn(told(), "heard").length > 0),
    );
    daemon.signal("SIGTERM");
    await daemon.ended;
    const records = await history();

    expect(stoodIn).toBe(true);
    expect(eventsIn(told().slice(0, before), "trip")).toEqual(["trip", "trip"]);
    expect(eventsIn(told().slice(before), "trip", "silent")).toEqual([]);
    expect(runpod.ended()).toHaveLength(2);
    expect(runpod.pod("k1")?.status).toBe("RUNNING");
    expect(stopsIn(records)).toEqual(["p1", "p2"]);
  });
});

function stopsIn(records: readonly Json[]): readonly string[] {
  return records
    .filter((each) => each["event_type"] === "stop")
    .map((each) => String(each["pod_id"]))
    .toSorted();
}
