import { createServer } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { exchange } from "#requests/exchange.ts";
import { createNameLookups } from "#requests/name-lookups.ts";

const options = { all: true };

/** Answers nothing by itself. */
function resolver() {
  const asked: string[] = [];
  const answers = new Map<string, (isFound: boolean) => void>();
  const look: LookupFunction = (hostname, _options, callback) => {
    asked.push(hostname);
    answers.set(hostname, (isFound) => {
      if (isFound) callback(null, [{ address: "127.0.0.1", family: 4 }]);
      else callback(new Error("not found"), []);
    });
  };
  const answer = (hostname: string, isFound: boolean): void => answers.get(hostname)?.(isFound);
  const found: string[] = [];
  const lookUp = createNameLookups(look);
  const ask = (hostname: string, signal = new AbortController().signal): void =>
    lookUp(signal, hostname, options, (error) => {
      found.push(`${hostname}: ${error === null ? "found" : error.message}`);
    });
  return { asked, answer, ask, found };
}

const names = (head: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${head}${n}`);

it("many names that nobody answers for take a few threads, and the next go on when one is given up", () => {
  const { asked, answer, ask, found } = resolver();

  names("dead", 20).forEach((name) => ask(name));
  const first = [...asked];
  answer("dead0", false);

  expect(first).toEqual(names("dead", 6));
  expect(asked).toEqual(names("dead", 7));
  expect(found).toEqual(["dead0: not found"]);
});

it("a name that is found does not wait for those that were not the last time", () => {
  const { asked, answer, ask, found } = resolver();
  const dead = names("dead", 6);
  dead.forEach((name) => ask(name));
  dead.forEach((name) => answer(name, false));

  dead.forEach((name) => ask(name));
  ask("alive");
  answer("alive", true);

  expect(asked.slice(6)).toEqual(["dead0", "dead1", "dead2", "alive"]);
  expect(found.at(-1)).toBe("alive: found");
});

it("nor for those whose request was given up while their lookup still holds its thread", () => {
  const { asked, answer, ask } = resolver();
  const over = new AbortController();
  names("dead", 3).forEach((name) => ask(name, over.signal));
  ["bad", "worse"].forEach((name) => ask(name));
  ["bad", "worse"].forEach((name) => answer(name, false));
  over.abort();

  ["bad", "worse", "dead0", "alive"].forEach((name) => ask(name));

  expect(asked.slice(5)).toEqual(["alive"]);
});

it("what was given up before its turn is never looked up, and one name never twice at a time", () => {
  const { asked, answer, ask } = resolver();
  const over = new AbortController();
  ask("host");
  ask("host", over.signal);
  ask("host");

  over.abort();
  ask("late", over.signal);
  answer("host", true);
  answer("host", true);

  expect(asked).toEqual(["host", "host"]);
});

it("a name that was found again is like any other", () => {
  const { asked, answer, ask } = resolver();
  names("dead", 4).forEach((name) => ask(name));
  names("dead", 4).forEach((name) => answer(name, false));
  ask("dead0");
  answer("dead0", true);

  names("dead", 4).forEach((name) => ask(name));

  expect(asked.slice(5)).toEqual(names("dead", 4));
});

it("a request finds its host by them, and one that waits for its turn ends at its time limit", async () => {
  const server = createServer((_request, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = (host: string): URL => new URL(`http://${host}:${port}/`);
  const asked: string[] = [];
  const lookUp = createNameLookups((hostname, _options, callback) => {
    asked.push(hostname);
    if (hostname === "alive.example") callback(null, [{ address: "127.0.0.1", family: 4 }]);
  });
  const request = (host: string, timeLimitMs: number) =>
    exchange(url(host), { partOf: "notification" }, { timeLimitMs, maxBytes: 100 }, lookUp);

  const alive = await request("alive.example", 10_000);
  const dead = await Promise.allSettled(
    names("dead", 8).map((name) => request(`${name}.example`, 20)),
  );
  const again = await Promise.allSettled([request("dead7.example", 20)]);

  expect(alive.text).toBe("ok");
  expect(dead.map(({ status }) => status)).toEqual(names("x", 8).map(() => "rejected"));
  expect(again).toMatchObject([{ reason: { message: "no complete answer within 0.02 s" } }]);
  expect(asked).toHaveLength(7);
});
