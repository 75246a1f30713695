import { describe, expect, it } from "vitest";
import type { Answer, HttpRequest } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";
import type { Api } from "#guard/model/account.ts";
import { sshNameOf } from "#runpod/launch/ssh-name.ts";
import { checkedSimulator } from "../../simulator/checked.ts";
import { answering, creatingAt, faces, forever, nowhere } from "./orders.ts";

/** What both interfaces say of one GPU type, in each one's words. */
interface Told {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly memory?: unknown;
  readonly isOffered?: unknown;
  readonly price?: unknown;
  readonly stock?: unknown;
  readonly most?: unknown;
}

function rowOf(api: Api, told: Told): object {
  const usual = {
    id: "GPU",
    name: "G",
    memory: 24,
    isOffered: true,
    price: 1,
    stock: "HIGH",
    most: 8,
  };
  const { id, name, memory, isOffered, price, stock, most } = { ...usual, ...told };
  if (api === "rest") {
    const both = (each: unknown) => ({ secure: each, community: each });
    const places = { price: both(price), maxCount: both(most) };
    return { id, name, memory, ...both(isOffered), ...places, availability: stock };
  }
  return {
    id,
    displayName: name,
    memoryInGb: memory,
    secureCloud: isOffered,
    communityCloud: isOffered,
    securePrice: price,
    communityPrice: price,
    maxGpuCountSecureCloud: most,
    maxGpuCountCommunityCloud: most,
    secure: { stockStatus: stock },
    community: { stockStatus: stock },
  };
}

function listOf(api: Api, rows: unknown): string {
  return JSON.stringify(api === "rest" ? { gpus: rows } : { data: { gpuTypes: rows } });
}

function offersFrom(api: Api, answer: Partial<Answer>) {
  return creatingAt(api, nowhere, { request: answering(answer) }).offers(1, forever);
}

async function offerFrom(api: Api, told: Told) {
  const offers = await offersFrom(api, { text: listOf(api, [rowOf(api, told)]) });
  return offers.kind === "read" ? offers.value[0] : undefined;
}

describe.each(faces)("what %s says of an offer", (_name, api) => {
  it.each([
    ["0", 0],
    ["null", null],
    ["nothing", undefined],
    ["words", "0.69"],
    ["less than nothing", -1],
    ["more than anything costs", 1e12],
    ["a list", [1]],
  ])("a price of %s is one that nobody knows", async (_what, price) => {
    const offer = await offerFrom(api, { price: price === undefined ? null : price });

    expect([offer?.secure.perHrUsd, offer?.community.perHrUsd]).toEqual([undefined, undefined]);
  });

  it("a price that is no number in JSON makes the answer none", async () => {
    const text = listOf(api, [rowOf(api, { price: 7777 })]).replaceAll("7777", "NaN");

    expect(await offersFrom(api, { text })).toMatchObject({
      kind: "unread",
      because: "the answer is not complete JSON",
    });
  });

  it.each([
    ["none", "none"],
    ["Low", "low"],
    [" MEDIUM ", "medium"],
    ["high", "high"],
    ["plenty", "unknown"],
    ["", "unknown"],
    [null, "unknown"],
    [7, "unknown"],
  ])("a stock of %j is %s", async (stock, ours) => {
    const offer = await offerFrom(api, { stock });

    expect([offer?.secure.stock, offer?.community.stock]).toEqual([ours, ours]);
  });

  it("a type that a cloud does not have is not offered there, whatever else is said of it", async () => {
    const offer = await offerFrom(api, { isOffered: false });

    expect(offer?.secure).toEqual({ perHrUsd: undefined, stock: "none", mostGpus: undefined });
  });

  it.each<[string, Told, object]>([
    ["no memory", { memory: null }, { memoryGb: undefined }],
    ["a memory of 0", { memory: 0 }, { memoryGb: undefined }],
    ["no name", { name: null }, { name: "GPU" }],
    ["a name with control characters", { name: "G\u001b[2J" }, { name: "G[2J" }],
    ["a very long name", { name: "x".repeat(5_000) }, { name: "x".repeat(64) }],
    ["no highest count", { most: null }, { secure: { mostGpus: undefined } }],
    ["a highest count of 0", { most: 0 }, { secure: { mostGpus: undefined } }],
  ])("a row with %s is read as far as it goes", async (_what, told, expected) => {
    expect(await offerFrom(api, told)).toMatchObject(expected);
  });

  it("rows that do not say what they are of are left out", async () => {
    const broken = [
      null,
      7,
      [],
      {},
      "row",
      ...[null, 5, "", "a\u001b[2J"].map((id) => rowOf(api, { id })),
    ];
    const text = listOf(api, [...broken, rowOf(api, {})]);

    const offers = await offersFrom(api, { text });

    expect(offers).toMatchObject({ kind: "read", value: [{ id: "GPU" }] });
  });

  it("two rows of one type are one, the last", async () => {
    const text = listOf(api, [rowOf(api, { price: 1 }), rowOf(api, { price: 2 })]);

    const offers = await offersFrom(api, { text });

    expect(offers.kind === "read" && offers.value.map(({ secure }) => secure.perHrUsd)).toEqual([
      2,
    ]);
  });

  it.each<[string, Partial<Answer>, RegExp]>([
    ["no list", { text: listOf(api, null) }, /no list/],
    ["an object in place of the list", { text: listOf(api, {}) }, /no list/],
    ["a list in place of an object", { text: "[]" }, /list|application\/json: "\[\]"/],
    ["nothing at all", { text: "" }, /./],
    ["a page", { status: 502, type: "text/html", text: "<html>" }, /^HTTP 502 with text\/html/],
    ["a refusal in JSON", { status: 429, text: '{"detail":"slow down"}' }, /^HTTP 429/],
    [
      "more rows than are read",
      {
        text: listOf(
          api,
          Array.from({ length: 10_001 }, () => ({})),
        ),
      },
      /10001 rows/,
    ],
    ["half of one", { text: listOf(api, [rowOf(api, {})]).slice(0, -3) }, /not complete JSON/],
    ["lists in each other", { text: listOf(api, nested(100)) }, /nested/],
  ])("an answer with %s is none, and says what came", async (_what, answer, words) => {
    expect(await offersFrom(api, answer)).toEqual({
      kind: "unread",
      because: expect.stringMatching(words) as string,
    });
  });

  it.each(["silence", "drop", "short", "slow-drip", "huge", "http-429", "http-101"] as const)(
    "a request that fails is an answer that is not there: %s",
    async (fault) => {
      const simulator = await checkedSimulator();
      simulator.failAll(fault);

      const offers = await creatingAt(api, simulator, { timeLimitMs: 500 }).offers(1, forever);

      expect(offers.kind).toBe("unread");
    },
  );
});

it.each([
  ["SECURE", "high", "unknown"],
  ["COMMUNITY", "unknown", "high"],
])(
  "where REST tells of %s alone, the other's price is known and its stock is not",
  async (cloud, secure, community) => {
    const simulator = await checkedSimulator();
    const request: HttpRequest = (url, ...rest) =>
      url.searchParams.get("cloud") === cloud
        ? exchange(url, ...rest)
        : answering({ status: 500 })(url, ...rest);

    const offers = await creatingAt("rest", simulator, { request }).offers(1, forever);

    const [first] = offers.kind === "read" ? offers.value : [];
    expect(first).toMatchObject({
      secure: { perHrUsd: 0.69, stock: secure },
      community: { perHrUsd: 0.34, stock: community },
    });
  },
);

describe.each(faces)("the way in that %s tells", (_name, api) => {
  it.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["a name that begins like an option", "-oProxyCommand=x"],
    ["a name with more than a name", "a b; rm"],
    ["no text", 5],
    ["nothing", ""],
  ])("is none where the name is %s", async (_what, name) => {
    const proxy = { host: "ssh.runpod.io", port: 22, username: name, command: "rm" };
    const text = JSON.stringify({
      ssh: { proxy, direct: null },
      data: { pod: { machine: { podHostId: name } } },
    });

    const creating = creatingAt(api, nowhere, { request: answering({ text }) });

    expect(await creating.sshOf("abc", forever)).toBeUndefined();
  });

  it.each<[string, Partial<Answer>]>([
    ["null", { text: JSON.stringify({ data: null, ssh: null }) }],
    ["a pod without a machine", { text: JSON.stringify({ data: { pod: {} }, ssh: {} }) }],
    ["a page", { type: "text/html", text: "<html>" }],
    ["a refusal", { status: 404, text: JSON.stringify({ title: "Not found" }) }],
  ])("is none where the answer is %s", async (_what, answer) => {
    const creating = creatingAt(api, nowhere, { request: answering(answer) });

    expect(await creating.sshOf("abc", forever)).toBeUndefined();
    expect(await creating.sshOf("..", forever)).toBeUndefined();
  });
});

it.each<[string, object, string | undefined]>([
  [
    "the proxy's",
    { proxy: wayIn("pod-1", "ssh.runpod.io", 22), direct: null },
    "pod-1@ssh.runpod.io",
  ],
  ["the direct one, without the proxy", { direct: wayIn("root", "1.2.3.4", 22) }, "root@1.2.3.4"],
  ["none by another port", { proxy: null, direct: wayIn("root", "1.2.3.4", 40022) }, undefined],
])("the way in by REST is %s", async (_what, ssh, expected) => {
  const request = answering({ text: JSON.stringify({ ssh, env: { TOKEN: "secret" } }) });

  expect(await creatingAt("rest", nowhere, { request }).sshOf("abc", forever)).toBe(expected);
});

function wayIn(username: string, host: string, port: number) {
  return { username, host, port, command: "ssh" };
}

it.each<[unknown, unknown, string | undefined]>([
  ["a-b.c_1", "ssh.runpod.io", "a-b.c_1@ssh.runpod.io"],
  ["a", "-host", undefined],
  ["a@b", "host", undefined],
  ["a", "host name", undefined],
  ["a", "host\n", undefined],
  [undefined, "host", undefined],
])("the name %j at %j is one for a shell: %j", (user, host, expected) => {
  expect(sshNameOf(user, host)).toBe(expected);
});

function nested(depth: number): unknown {
  return Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 1);
}
