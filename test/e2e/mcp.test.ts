import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it, type TestContext } from "vitest";
import { readHistory } from "#store/history/history-reading.ts";
import { apiKey, endsAskedOf, type Guard, guardWith, hasPolled, until } from "./guard.ts";
import { follow } from "./running.ts";

const nowMs = Date.now;
const cli = join(import.meta.dirname, "../../dist/cli.js");
/** Nothing is shorter here: what is shipped takes no shorter interval. */
const config = { poll_interval_seconds: 60, guards: { lease: { max_hours: 8, action: "stop" } } };
const pods = [
  { id: "p1", name: "trainer", costPerHrUsd: 2, startedAtMs: Date.now() - 3_600_000 },
  { id: "p2", name: "db", costPerHrUsd: 1, startedAtMs: Date.now() - 3_600_000 },
];

function environment({ folder }: Guard): Record<string, string> {
  return { HOME: folder, PATH: process.env["PATH"] ?? "", RUNPOD_API_KEY: apiKey };
}

/** The SDK's own client, and the executable that is shipped. */
async function clientOf(test: TestContext, guard: Guard, args: readonly string[] = []) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [cli, "mcp", ...(args.length === 0 ? ["-c", guard.config] : args)],
    env: environment(guard),
    cwd: guard.folder,
    stderr: "pipe",
  });
  const client = new Client({ name: "a-real-client", version: "1" });
  const stderr: string[] = [];
  transport.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk.toString()));
  test.onTestFinished(() => client.close());
  await client.connect(transport);
  return {
    client,
    stderr,
    call: (name: string, given = {}) => client.callTool({ name, arguments: given }),
  };
}

/** The executable, with whatever is written to it by hand. */
function serverOf(test: TestContext, guard: Guard) {
  const child = spawn(process.execPath, [cli, "mcp", "-c", guard.config], {
    cwd: guard.folder,
    env: environment(guard),
    stdio: ["pipe", "pipe", "pipe"],
  });
  test.onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.on("error", () => undefined);
  return child;
}

const opening = `${JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "by-hand", version: "1" },
  },
})}\n`;

describe.concurrent("the executable and the SDK's own client", () => {
  it("status, extend, touch, stop: each answers, and stands in the history", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods });
    await guard.ship(["lease", "p1", "2", "-c", guard.config]).ended;
    const { call, stderr } = await clientOf(test, guard);

    const status = await call("status");
    const extended = await call("extend", { pod: "trainer", hours: 1 });
    const touched = await call("touch", { pod: "trainer" });
    const stopped = await call("stop", { pod: "p1" });

    expect(status.structuredContent).toMatchObject({ pods: [{ id: "p1" }, { id: "p2" }] });
    expect(extended.structuredContent).toMatchObject({ pod_id: "p1", action: "stop" });
    expect(touched.structuredContent).toMatchObject({ pod_id: "p1", daemon_is_running: false });
    expect(stopped.structuredContent).toMatchObject({ pod_id: "p1", result: "ended" });
    expect(endsAskedOf(guard)).toEqual(["p1"]);
    const { records } = await readHistory(join(guard.folder, "history.jsonl"), 0);
    expect(
      records.map(({ type, because }) => [
        type,
        because.includes("by an agent, a-real-client on "),
      ]),
    ).toEqual([
      ["lease", false],
      ["extend", true],
      ["touch", true],
      ["stop", true],
    ]);
    expect(stderr).toEqual([]);
  });

  it("estimate, start, extend, touch, stop: a pod from its quote to its end", async (test) => {
    const launch = { max_price_per_hr: 5, max_hours: 24, max_running: 4, max_starts_per_hour: 6 };
    const guard = await guardWith(test, { nowMs, config: { ...config, launch } });
    guard.ship(["watch", "-c", guard.config]);
    await hasPolled(guard);
    const { call, stderr } = await clientOf(test, guard);

    const estimated = await call("estimate", { gpu: "4090", hours: 1 });
    const { quote } = estimated.structuredContent as { quote: { id: string } };
    const started = await call("start", { quote: quote.id, image: "some/image" });
    const again = await call("start", { quote: quote.id, image: "some/image" });
    const { pod } = started.structuredContent as { pod: { id: string; name: string } };
    const extended = await call("extend", { pod: pod.name, hours: 1 });
    const touched = await call("touch", { pod: pod.id });
    const stopped = await call("stop", { pod: pod.id });

    expect(started.structuredContent).toMatchObject({
      is: "running",
      started_by: { kind: "agent", agent: "a-real-client" },
    });
    expect(again.isError).toBe(true);
    expect(extended.structuredContent).toMatchObject({ pod_id: pod.id, daemon_is_running: true });
    expect(touched.structuredContent).toMatchObject({ pod_id: pod.id });
    expect(stopped.structuredContent).toMatchObject({ pod_id: pod.id, result: "ended" });
    const pods = guard.simulator.account.pods().map(({ id, status }) => [id, status]);
    expect(pods).toEqual([[pod.id, "EXITED"]]);
    expect(stderr).toEqual([]);
  });

  it("serves an account by its name", async (test) => {
    const guard = await guardWith(test, { nowMs, pods });
    guard.write(".runpodboss/accounts/team.json", "{ broken");
    const { call } = await clientOf(test, guard, ["--account", "team"]);

    const result = await call("status");

    expect(result.isError).toBe(true);
    expect(JSON.stringify(result.content)).toContain("accounts/team.json");
  });
});

describe.concurrent("the executable, spoken to by hand", () => {
  it("writes nothing but the protocol, and ends well when its input does", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods });
    const child = serverOf(test, guard);
    const running = follow(child);

    child.stdin.write(opening);
    child.stdin.write("rubbish\n");
    child.stdin.write(
      `${JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "status" } })}\n`,
    );
    await until("two answers", () => running.stdout().split("\n").length > 2);
    child.stdin.end();

    const { by, stdout } = await running.ended;
    expect(by).toBe(0);
    const lines = stdout.split("\n").slice(0, -1);
    expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([1, 2]);
  });

  it.for(["SIGTERM", "SIGINT"] as const)("ends by %s", async (signal, test) => {
    const guard = await guardWith(test);
    const child = serverOf(test, guard);
    const running = follow(child);
    child.stdin.write(opening);
    await until("its answer", () => running.stdout() !== "");

    child.kill(signal);

    expect((await running.ended).by).toBe(130);
  });

  it("ends when its client is gone, and when that has read nothing of what waits", async (test) => {
    const guard = await guardWith(test);
    const child = serverOf(test, guard);
    const list = { jsonrpc: "2.0", method: "tools/list", params: {} };
    child.stdin.write(opening);
    // More than a pipe holds, and nobody reads it.
    for (let id = 2; id < 60; id += 1) child.stdin.write(`${JSON.stringify({ ...list, id })}\n`);

    child.stdin.end();

    const [code] = (await once(child, "exit")) as [number | null];
    expect(code).toBe(0);
  });

  it("ends with what was wrong when a line has no end", async (test) => {
    const guard = await guardWith(test);
    const child = serverOf(test, guard);
    const running = follow(child);

    child.stdin.write(opening);
    child.stdin.write("x".repeat(2 * 1024 * 1024));

    const { by, stderr } = await running.ended;
    expect(by).toBe(2);
    expect(stderr).toMatch(/\nThe connection was closed: .*exceeded maximum size/);
  });
});
