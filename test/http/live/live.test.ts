import { describe, expect, it } from "vitest";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Change } from "#http/deps.ts";
import { mostStreams } from "#http/live/broadcast.ts";
import { at } from "../../guard/samples.ts";
import { type Viewed, viewed } from "../view/viewed.ts";
import { type Reading, reading } from "./reading.ts";

async function listen({ app }: Viewed, lastId?: string): Promise<Reading> {
  const headers = lastId === undefined ? {} : { "last-event-id": lastId };
  const { body, status } = await app.request("/api/live", { headers });

  expect(status).toBe(200);
  if (body === null) throw new Error("there is no body");
  return reading(body);
}

const operation = (id: string): OperationAnswer => ({
  id,
  pod_id: "p1",
  pod_name: "trainer",
  action: "stop",
  asked_at: new Date(at(0)).toISOString(),
  state: "running",
  steps: [],
  words: null,
});

describe("the live stream", () => {
  it("begins with the status, and goes on with each change", async () => {
    const guard = await viewed();
    guard.poll({ balanceUsd: 10 });
    const stream = await listen(guard);

    expect(await stream.next()).toMatchObject({ event: "status", data: { balance_usd: 10 } });
    guard.view.operated(operation("o1"));
    expect(await stream.next()).toMatchObject({ event: "operation", data: { id: "o1" } });
    guard.poll({ balanceUsd: 9 });
    await guard.clock.advanceTo(at(0) + 2_000);
    expect(await stream.next()).toMatchObject({ event: "balance", data: [at(0) / 1_000, 9] });
    expect(await stream.next()).toMatchObject({ event: "status", data: { balance_usd: 9 } });
  });

  it("gives whoever comes back the newest status, and what was missed", async () => {
    const guard = await viewed();
    guard.poll();
    const first = await listen(guard);
    const { id } = await first.next();
    await first.stop();
    guard.view.operated(operation("o1"));
    guard.view.operated(operation("o2"));

    const again = await listen(guard, id);

    const heard = [await again.next(), await again.next(), await again.next()];
    expect(heard.map(({ event }) => event)).toEqual(["status", "operation", "operation"]);
    expect(heard.map(({ data }) => data)).toMatchObject([{}, { id: "o1" }, { id: "o2" }]);
    // Of a status nothing is to be gone on from: what follows it may not have come yet.
    expect(heard[0]?.id).toBeUndefined();
    await again.stop();
    const third = await listen(guard, heard[1]?.id);
    await third.next();
    expect(await third.next()).toMatchObject({ data: { id: "o2" } });
  });

  it.each([
    ["an id of another start of the daemon", "abc-3"],
    ["an id of what has not come yet", "future"],
    ["no id of ours", "; drop table"],
  ])("says that more was missed than is known: %s", async (_sentence, lastId) => {
    const guard = await viewed();
    guard.poll();
    const { id = "" } = await (await listen(guard)).next();

    const stream = await listen(guard, lastId === "future" ? `${id}9` : lastId);

    expect((await stream.next()).event).toBe("status");
    expect(await stream.next()).toMatchObject({ event: "missed", id, data: {} });
  });

  it("forgets what is old, and says so to whoever comes back for it", async () => {
    const guard = await viewed();
    guard.poll();
    const first = await listen(guard);
    const { id } = await first.next();
    await first.stop();
    for (let n = 0; n < 1_001; n += 1) guard.view.operated(operation(`o${n}`));

    const stream = await listen(guard, id);

    await stream.next();
    expect((await stream.next()).event).toBe("missed");
  });

  it("refuses one more than there is room for, and has room again when one has gone", async () => {
    const guard = await viewed();
    guard.poll();
    const streams = [];
    for (let n = 0; n < mostStreams; n += 1) streams.push(await listen(guard));

    const refused = await guard.app.request("/api/live");

    expect(refused.status).toBe(503);
    expect(await refused.json()).toEqual({
      error: "Too many pages are open at once.",
      hint: "Close one of them, or try again in a minute.",
    });
    await streams[0]?.stop();
    await listen(guard);
  });

  it("opens nothing for whoever only asks what it would be", async () => {
    const guard = await viewed();
    for (let n = 0; n <= mostStreams; n += 1) {
      const answer = await guard.app.request("/api/live", { method: "HEAD" });
      expect(answer.status).toBe(200);
    }

    await (await listen(guard)).stop();
  });

  it("makes one text for all who listen", async () => {
    const guard = await viewed();
    guard.poll();
    let made = 0;
    const view = { ...guard.view, status: () => ((made += 1), guard.view.status()) };
    const bytes = new Set<ArrayBufferLike>();
    const { createBroadcast } = await import("#http/live/broadcast.ts");
    const broadcast = createBroadcast(view, guard.clock, (text) => text);
    const hooks = { onOver: () => undefined, disconnect: () => undefined };

    for (let n = 0; n < 10; n += 1) {
      const reader = broadcast.open(undefined, hooks)?.getReader();
      for (let chunk = 0; chunk < 3; chunk += 1) {
        const { value } = (await reader?.read()) ?? {};
        if (value !== undefined && value.length > 100) bytes.add(value.buffer);
      }
    }

    expect(made).toBeGreaterThan(0);
    expect(bytes.size).toBe(1);
  });

  it("sends a comment each 15 s, and nothing once nobody listens", async () => {
    const guard = await viewed();
    guard.poll();
    await guard.clock.advanceTo(at(0) + 1_000);
    const { body } = await guard.app.request("/api/live");
    const reader = body?.getReader();
    for (let n = 0; n < 3; n += 1) await reader?.read();
    const read = reader?.read();

    await guard.clock.advanceTo(at(0) + 16_000);

    expect(new TextDecoder().decode((await read)?.value)).toBe(":\n\n");
    await reader?.cancel();
  });

  it("cuts one who takes nothing for 30 s, and one who leaves too much", async () => {
    const guard = await viewed();
    guard.poll();
    const { createBroadcast } = await import("#http/live/broadcast.ts");
    const follow: ((change: Change) => void)[] = [];
    const view = {
      ...guard.view,
      follow: (each: (change: Change) => void) => (follow.push(each), () => undefined),
    };
    const broadcast = createBroadcast(view, guard.clock, (text) => text);
    const over: string[] = [];
    const open = (name: string) =>
      broadcast.open(undefined, {
        onOver: () => over.push(name),
        disconnect: () => over.push(`${name} disconnected`),
      });
    const stuck = open("stuck")?.getReader();
    const quick = open("quick");
    if (quick === undefined) throw new Error("no room");
    const taking = quick.getReader();
    let isDone = false;
    const takeAll = async (): Promise<void> => {
      while (!isDone) ({ done: isDone } = await taking.read());
    };
    const takingAll = takeAll();
    await stuck?.read();
    await guard.clock.advanceTo(at(0) + 45_000);

    expect(over).toEqual(["stuck", "stuck disconnected"]);
    const long = { ...operation("o"), words: "x".repeat(100_000) };
    for (let n = 0; n < 4; n += 1) follow[0]?.({ kind: "operation", operation: long });
    expect(over.slice(2)).toEqual(["quick", "quick disconnected"]);
    await takingAll;
  });
});
