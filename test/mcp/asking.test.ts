import { readFileSync, writeFileSync } from "node:fs";
import type { ElicitResult } from "@modelcontextprotocol/client";
import { describe, expect, it, type TestContext } from "vitest";
import { quotesFileOf } from "#store/paths.ts";
import { type Guard, guardWith, until } from "../e2e/guard.ts";
import { cameOf, connected, type Connected, type Era, wordsOf } from "./connected.ts";

const config = {
  launch: { max_price_per_hr: 5, max_hours: 24, max_running: 4, max_starts_per_hour: 6 },
  guards: { lease: { max_hours: 24, action: "stop" } },
};
const made = { image: "some/image", name: "trainer" };
const eras: readonly Era[] = ["legacy", "auto"];
const yes: ElicitResult = { action: "accept", content: { confirm: true } };

async function watched(test: TestContext): Promise<Guard> {
  const guard = await guardWith(test, { nowMs: Date.now, config });
  await guard.watch().said("polled");
  return guard;
}

async function quoteFrom({ call }: Connected): Promise<string> {
  const { structuredContent } = await call("estimate", { gpu: "4090", hours: 2, name: "trainer" });
  return (structuredContent as { quote: { id: string } }).quote.id;
}

/** Lets all quotes have been given so long ago. */
function age({ stateFile }: Guard, byMs: number): void {
  const path = quotesFileOf(stateFile);
  const file = JSON.parse(readFileSync(path, "utf8")) as { quotes: readonly { atMs: number }[] };
  const quotes = file.quotes.map((each) => ({ ...each, atMs: each.atMs - byMs }));
  writeFileSync(path, JSON.stringify({ ...file, quotes }), { mode: 0o600 });
}

function podsOf({ simulator }: Guard) {
  return simulator.account.pods();
}

describe.concurrent.each(eras)("where a client can ask (%s)", (era) => {
  it("the person is asked what it is, what it costs and what is left, and says yes", async (test) => {
    const guard = await watched(test);
    const asked: string[] = [];
    const connection = await connected(test, guard, {
      era,
      answer(message) {
        asked.push(message);
        return yes;
      },
    });
    const quote = await quoteFrom(connection);

    const result = await connection.call("start", { quote, ...made });

    expect(cameOf(result)).toMatchObject({ is: "running" });
    expect(podsOf(guard)).toHaveLength(1);
    expect(asked).toEqual([
      expect.stringMatching(
        /^test-client asks to start a GPU pod\.\nGPU: 1 × RTX 4090, secure cloud\nRuns: some\/image, as trainer\nPrice: \$0\.69\/h for 2 h: \$1\.3\d in all\nBalance: \$20\.00 now, \$18\.6\d when its lease ends, at \d{4}-/,
      ) as unknown,
    ]);
  });

  it.for<[string, ElicitResult, RegExp]>([
    ["no", { action: "decline" }, /^Not started: the person who was asked said no\.\nDo not ask /],
    ["nothing", { action: "cancel" }, /^Not started: the person who was asked gave no answer\.\n/],
    ["yes, and leaves the box empty", { action: "accept", content: { confirm: false } }, /said no/],
    ["yes, with nothing in it", { action: "accept" }, /said no/],
    ["yes, in words", { action: "accept", content: { confirm: "yes" } }, /said no/],
  ])("the person says %s, and nothing is started", async ([, answer, words], test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard, { era, answer: () => answer });
    const quote = await quoteFrom(connection);

    const result = await connection.call("start", { quote, ...made });

    expect(cameOf(result)).toEqual({ error: expect.stringMatching(words) as unknown });
    expect(podsOf(guard)).toEqual([]);
  });

  it("a yes to a price that has risen meanwhile starts nothing", async (test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard, {
      era,
      answer() {
        guard.simulator.account.setPrice("NVIDIA GeForce RTX 4090", "SECURE", 0.8);
        return yes;
      },
    });
    const quote = await quoteFrom(connection);

    const result = await connection.call("start", { quote, ...made });

    expect(cameOf(result)).toEqual({
      error: expect.stringMatching(/^Not started: it costs \$0\.80\/h by now, and \$0\.69\/h was/),
    });
    expect(podsOf(guard)).toEqual([]);
  });

  it("a yes that comes too late starts nothing", async (test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard, {
      era,
      answer() {
        age(guard, 301_000);
        return yes;
      },
    });
    const quote = await quoteFrom(connection);

    const result = await connection.call("start", { quote, ...made });

    expect(cameOf(result)).toEqual({
      error: expect.stringMatching(/^Quote q-\w+ is older than five minutes\.\nAsk for another: /),
    });
    expect(podsOf(guard)).toEqual([]);
  });

  it("nobody is asked for what would be refused anyhow", async (test) => {
    const guard = await watched(test);
    const asked: string[] = [];
    const connection = await connected(test, guard, {
      era,
      answer(message) {
        asked.push(message);
        return yes;
      },
    });
    const quote = await quoteFrom(connection);
    guard.configure({ launch: { ...config.launch, max_hours: 1 } });

    const result = await connection.call("start", { quote, ...made });

    expect(result.isError).toBe(true);
    expect(asked).toEqual([]);
  });
});

describe.concurrent("a client that answers for the person", () => {
  const inputResponses = { start: yes };

  it("unasked is asked all the same", async (test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard, { era: "auto", answer: () => yes });
    const params = {
      name: "start",
      arguments: { quote: await quoteFrom(connection), ...made },
      inputResponses,
    };

    const result = await connection.client.request(
      { method: "tools/call", params },
      { allowInputRequired: true },
    );

    expect(result).toMatchObject({ resultType: "input_required" });
    expect(podsOf(guard)).toEqual([]);
  });

  it("with what it was asked about something else is asked again, and what it made up is refused", async (test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard, { era: "auto", answer: () => yes });
    const { client } = connection;
    const quote = await quoteFrom(connection);
    const ask = (args: object, more: object = {}) =>
      client.request(
        { method: "tools/call", params: { name: "start", arguments: { quote, ...args }, ...more } },
        { allowInputRequired: true },
      );
    const first = (await ask(made)) as unknown as { requestState: string };
    const { requestState } = first;

    const other = await ask({ ...made, image: "another/image" }, { inputResponses, requestState });

    expect(other).toMatchObject({ resultType: "input_required" });
    await expect(
      ask(made, { inputResponses, requestState: `${requestState.slice(0, -2)}xx` }),
    ).rejects.toThrow("Invalid or expired requestState");
    expect(podsOf(guard)).toEqual([]);
  });
});

describe.concurrent("a start that the client calls off", () => {
  it("while RunPod is asked, is not left half done: the pod is on its lease", async (test) => {
    const guard = await watched(test);
    const connection = await connected(test, guard);
    const quote = await quoteFrom(connection);
    const calling = new AbortController();

    const off = connection.client.callTool(
      { name: "start", arguments: { quote, ...made } },
      {
        signal: calling.signal,
        onprogress: ({ message }) => {
          if (message === "asking RunPod for the pod") calling.abort("not wanted any more");
        },
      },
    );

    await expect(off).rejects.toThrow("not wanted any more");
    const started = await until("the pod", () =>
      podsOf(guard).find(({ name }) => name.startsWith("trainer-rb")),
    );
    const { stdout } = await guard.command("status", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ pods: [{ id: started.id, ends_by: "lease" }] });
    expect(wordsOf(await connection.call("start", { quote, ...made }))).toMatch(/was used already/);
  });

  it("before it was asked for, starts nothing", async (test) => {
    const guard = await watched(test);
    const calling = new AbortController();
    const connection = await connected(test, guard, {
      answer() {
        calling.abort("not wanted any more");
        return yes;
      },
    });
    const quote = await quoteFrom(connection);

    await expect(
      connection.client.callTool(
        { name: "start", arguments: { quote, ...made } },
        { signal: calling.signal },
      ),
    ).rejects.toThrow("not wanted any more");

    expect((await connection.call("status")).isError).toBeUndefined();
    expect(podsOf(guard)).toEqual([]);
  });
});

it("a quote that is older than five minutes is none", async (test) => {
  const guard = await watched(test);
  const connection = await connected(test, guard);
  const quote = await quoteFrom(connection);
  age(guard, 301_000);

  const result = await connection.call("start", { quote, ...made });

  expect(cameOf(result)).toEqual({
    error: expect.stringMatching(/^Quote q-\w+ is older than five minutes\.\n/) as unknown,
  });
});
