import { describe, expect, it } from "vitest";
import { createClock } from "#clock.ts";
import { UserError } from "#errors.ts";
import { type Calls, createCalls } from "#mcp/calls.ts";
import { GivenUp } from "#within-limit.ts";
import { guardWith, until } from "../e2e/guard.ts";
import { cameOf, connected } from "./connected.ts";

const limitMs = 60_000;
const never = new Promise<never>(() => undefined);

function withResolvers() {
  let resolve: (value: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}

function open(calls: Calls, work: Promise<unknown>) {
  const calling = new AbortController();
  const signals: AbortSignal[] = [];
  const given = calls.one(
    (signal) => {
      signals.push(signal);
      return work;
    },
    { limitMs, signal: calling.signal },
  );
  given.catch(() => undefined);
  return { calling, given, signal: () => signals.at(-1) };
}

describe("calls at work", () => {
  it("are so many at once and no more, and make room when they end", async () => {
    const calls = createCalls(createClock());
    const works = Array.from({ length: 8 }, () => withResolvers());
    const opened = works.map(({ promise }) => open(calls, promise));

    const ninth = open(calls, never);
    await expect(ninth.given).rejects.toThrow("8 calls are at work already. Nothing was done.");
    await expect(ninth.given).rejects.toBeInstanceOf(UserError);
    works[0]?.resolve("done");
    await expect(opened[0]?.given).resolves.toBe("done");

    await expect(open(calls, Promise.resolve("room")).given).resolves.toBe("room");
  });

  it("are given up when their time is over, are told so, and count until they settle", async () => {
    const calls = createCalls(createClock());
    const work = withResolvers();
    const heard: AbortSignal[] = [];

    const given = calls.one(
      (signal) => {
        heard.push(signal);
        return work.promise;
      },
      { limitMs: 5, signal: new AbortController().signal },
    );

    await expect(given).rejects.toBeInstanceOf(GivenUp);
    expect(heard[0]?.aborted).toBe(true);
    let isOver = false;
    const over = calls.over().then(() => (isOver = true));
    await Promise.resolve();
    expect(isOver).toBe(false);
    work.reject(new Error("late"));
    await over;
  });

  it("are told when the client calls them off, also before they began", async () => {
    const calls = createCalls(createClock());
    const { calling, signal } = open(calls, never);

    calling.abort();

    expect(signal()?.aborted).toBe(true);
    const before = AbortSignal.abort();
    const seen = await calls.one((each) => Promise.resolve(each.aborted), {
      limitMs,
      signal: before,
    });
    expect(seen).toBe(true);
  });
});

describe.concurrent("a client that is no good", () => {
  it("may send rubbish: it is passed over, and the next call is answered", async (test) => {
    const connection = await connected(test, await guardWith(test));
    const { toServer, call, said } = connection;
    const before = connection.lines.length;

    for (const line of ["", "rubbish", "{", "[]", "null", `{"jsonrpc":"1.0"}`, "\u0000\u001b[2J"]) {
      toServer.write(`${line}\n`);
    }

    expect(cameOf(await call("status"))).toMatchObject({ error: null });
    expect(connection.lines.length - before).toBe(1);
    expect(said.length).toBeLessThanOrEqual(20);
    expect(said.join("")).not.toContain("\u001b");
  });

  it("may call what is not there, and is told so", async (test) => {
    const { client, call } = await connected(test, await guardWith(test));

    await expect(client.callTool({ name: "terminate" })).rejects.toThrow("terminate not found");
    await expect(client.listResources()).resolves.toEqual({ resources: [] });
    expect(cameOf(await call("status"))).toMatchObject({ error: null });
  });

  it("may send an argument of many parts, and is refused", async (test) => {
    const { call } = await connected(test, await guardWith(test));

    expect(cameOf(await call("stop", { pod: Array.from({ length: 101 }, () => "p") }))).toEqual({
      error: expect.stringMatching(/more than the maximum of 100 elements/) as unknown,
    });
  });

  it("is left when a line of it has no end", async (test) => {
    const { toServer, over, said } = await connected(test, await guardWith(test));

    toServer.write("x".repeat(1024 * 1024 + 1));

    await expect(over).rejects.toThrow(/^The connection was closed: .*exceeded maximum size/);
    expect(said).toHaveLength(1);
  });

  it("may go at any time: the server is over, and what it did is called off", async (test) => {
    const guard = await guardWith(test, { pods: [] });
    guard.simulator.failAll("silence", "all");
    const { toServer, call, over } = await connected(test, guard);
    const asked = guard.simulator.requests;
    call("status").catch(() => undefined);
    await until("a request to RunPod", () => guard.simulator.requests > asked);

    toServer.end();

    await expect(over).resolves.toBeUndefined();
  });

  it("may call a call off: the server goes on", async (test) => {
    const guard = await guardWith(test);
    guard.simulator.failAll("silence", "all");
    const { client, call } = await connected(test, guard);
    const calling = new AbortController();
    const asked = guard.simulator.requests;
    const off = client.callTool({ name: "status" }, { signal: calling.signal });
    await until("a request to RunPod", () => guard.simulator.requests > asked);

    calling.abort("not wanted any more");

    await expect(off).rejects.toThrow("not wanted any more");
    guard.simulator.clearFaults();
    expect(cameOf(await call("status"))).toMatchObject({ error: null });
  });
});

// By itself: all that it asks for is made in one go, and nothing else gets a turn.
it("a client that asks and asks, and reads nothing, is left", async (test) => {
  const guard = await guardWith(test);
  const { client, toServer, over, goDeaf } = await connected(test, guard);
  const list = { jsonrpc: "2.0", method: "tools/list", params: {} };
  const length = JSON.stringify(await client.listTools()).length;
  const moreThanMayWait = Math.ceil((5 * 1024 * 1024) / length);

  goDeaf();
  for (let id = 1_000; id < 1_000 + moreThanMayWait; id += 1) {
    toServer.write(`${JSON.stringify({ ...list, id })}\n`);
  }

  await expect(over).rejects.toThrow(
    "The connection was closed: it does not read what it is answered.",
  );
});

it("a call that RunPod does not answer is given up, and says what to do", async (test) => {
  const guard = await guardWith(test);
  guard.simulator.failAll("silence", "all");
  const { call, said } = await connected(test, guard, { paces: { pollLimitMs: 50 } });

  expect(cameOf(await call("status"))).toEqual({
    error: expect.stringMatching(
      /^Not waited for any longer: not done after 0\.05 s\..*\nLook /,
    ) as unknown,
  });
  expect(said).toEqual([]);
});

it("a signal ends the server, and it is no fault of the client", async (test) => {
  const { interrupt, over } = await connected(test, await guardWith(test));

  interrupt();

  await expect(over).resolves.toBeUndefined();
});
