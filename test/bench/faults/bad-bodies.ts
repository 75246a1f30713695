import { below, between, oneOf, type Random } from "./seeded.ts";

/** One answer to one request, however broken. */
export interface BadAnswer {
  /** How it was made, for the one who must find out why it did harm. */
  readonly how: string;
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Buffer;
  /** Fewer bytes than promised are sent, and the line is cut. */
  readonly isCut: boolean;
}

/** The line that the guard watches; true balances lie on both sides of it. */
export const lineUsd = 10;

/** A sound answer that one or more things then happen to. */
export function badAnswer(random: Random): BadAnswer {
  const text = JSON.stringify(soundAnswer(random));
  const times = 1 + below(random, 3);
  let draft: Draft = { how: [], status: 200, type: "application/json", text };
  for (let n = 0; n < times; n += 1) draft = oneOf(random, mutations)(draft, random);
  // Without a body, whatever is written, is HTTP's own rule for this one.
  let body: Buffer = Buffer.from(draft.status === 204 ? "" : draft.text);
  if (random() < 0.3) body = withBytesChanged(body, random, (word) => draft.how.push(word));
  const isCut = random() < 0.02;
  if (isCut) draft.how.push("cut off");
  return { how: draft.how.join(", "), status: draft.status, type: draft.type, body, isCut };
}

function soundAnswer(random: Random): unknown {
  const balance = oneOf(random, [
    between(random, 0, lineUsd),
    between(random, lineUsd, 100),
    lineUsd,
    0,
    -0.1,
    9.99,
  ]);
  const pod = (n: number) => ({
    id: `pod${n}`,
    name: oneOf(random, ["trainer", "sdxl {pods_json}", "ünïcode \u202e", "", '"quoted"']),
    desiredStatus: oneOf(random, ["RUNNING", "EXITED", "CREATED"]),
    costPerHr: oneOf(random, [0, 0.69, 5.96]),
    networkVolumeId: oneOf(random, [null, "volume"]),
    locked: false,
  });
  const pods = Array.from({ length: below(random, 4) }, (_, n) => pod(n));
  return { data: { myself: { clientBalance: balance, currentSpendPerHr: 6.65, pods } } };
}

interface Draft {
  readonly how: string[];
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

type Mutation = (draft: Draft, random: Random) => Draft;

const said = (draft: Draft, word: string, change: Partial<Draft>): Draft => ({
  ...draft,
  ...change,
  how: [...draft.how, word],
});

/** Values that are no balance, or a strange one, as JSON text that need not be JSON. */
const strangeValues = [
  "null",
  "true",
  '"4.2"',
  '""',
  "[]",
  "{}",
  "[4.2]",
  '{"value":4.2}',
  "NaN",
  "Infinity",
  "-Infinity",
  "1e999",
  "-1e999",
  "1e308",
  "-1e308",
  "5e-324",
  "-0",
  "01",
  "+1",
  "1.",
  ".5",
  "0x1",
  "1_0",
  "4,2",
  "undefined",
  "99999999999999999999999",
  "9.999999999999999999999",
  "1e1",
  "'4.2'",
] as const;

const mutations: readonly Mutation[] = [
  (draft, random) => {
    const at = below(random, draft.text.length + 1);
    return said(draft, `cut at ${at}`, { text: draft.text.slice(0, at) });
  },
  (draft, random) => {
    const at = below(random, draft.text.length);
    const count = 1 + below(random, 20);
    return said(draft, `${count} gone at ${at}`, {
      text: draft.text.slice(0, at) + draft.text.slice(at + count),
    });
  },
  (draft, random) => {
    const [from, to, at] = [0, 0, 0].map(() => below(random, draft.text.length + 1));
    const piece = draft.text.slice(from, to);
    return said(draft, "a piece twice", {
      text: draft.text.slice(0, at) + piece + draft.text.slice(at),
    });
  },
  (draft, random) => {
    const value = oneOf(random, strangeValues);
    return said(draft, `balance ${value}`, {
      text: draft.text.replace(/("clientBalance":)[^,}]*/, (_, key: string) => key + value),
    });
  },
  (draft, random) => {
    const field = oneOf(random, ["data", "myself", "pods", "currentSpendPerHr", "id", "costPerHr"]);
    const value = oneOf(random, strangeValues);
    return said(draft, `${field} ${value}`, {
      text: draft.text.replace(`"${field}":`, () => `"${field}":${value},"was":`),
    });
  },
  (draft, random) => {
    const key = oneOf(random, ["clientBalance", "myself", "data"]);
    const value = oneOf(random, strangeValues);
    const twin = `"${key}":${value}`;
    const isFirst = random() < 0.5;
    return said(draft, `${twin} ${isFirst ? "before" : "after"} the true one`, {
      text: isFirst
        ? draft.text.replace(`"${key}":`, () => `${twin},"${key}":`)
        : draft.text.replace(
            key === "clientBalance" ? /("clientBalance":[^,}]*)/ : /\}\}$/,
            (end: string) => (key === "clientBalance" ? `${end},${twin}` : `},${twin}}`),
          ),
    });
  },
  (draft, random) => {
    const names = [
      "clientbalance",
      "client\\u0042alance",
      "__proto__",
      "constructor",
      "balance",
      "",
    ];
    const name = oneOf(random, names);
    return said(draft, `balance called ${name}`, {
      text: draft.text.replace("clientBalance", () => name),
    });
  },
  (draft, random) => {
    const depth = oneOf(random, [10, 1_000, 100_000]);
    const [open, close] = oneOf(random, [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const);
    const nest = open.repeat(depth) + (open === "[" ? "" : "1") + close.repeat(depth);
    const where = oneOf(random, ['"pods":', '"clientBalance":', '"currentSpendPerHr":']);
    return said(draft, `${depth} deep in ${where}`, {
      text: draft.text.replace(where, () => `${where}${nest},"was":`),
    });
  },
  (draft, random) => {
    const errors = oneOf(random, [
      '[{"message":"Something went wrong"}]',
      '[{"message":"Unauthorized"}]',
      '[{"message":"Cannot query field \\"locked\\" on type \\"Pod\\"."}]',
      '[{"message":{"a":1}}]',
      "[null]",
      '["text"]',
      "[]",
      "null",
      '"text"',
      '{"message":"not a list"}',
    ]);
    const dataToo = random() < 0.5;
    return said(draft, `errors ${errors}${dataToo ? " and data" : ""}`, {
      text: dataToo
        ? draft.text.replace(/^\{/, () => `{"errors":${errors},`)
        : `{"errors":${errors},"data":null}`,
    });
  },
  (draft, random) => {
    const junk = oneOf(random, [
      "\ufeff",
      " \n\t",
      "{}",
      "null",
      ")]}',\n",
      "\0",
      "//x\n",
      ",",
      "<",
    ]);
    const isBefore = random() < 0.5;
    return said(draft, `${JSON.stringify(junk)} ${isBefore ? "before" : "after"}`, {
      text: isBefore ? junk + draft.text : draft.text + junk,
    });
  },
  (draft, random) => {
    const texts = ["", "[]", "{}", "null", "4.2", '"text"', "<html></html>", `[${draft.text}]`];
    const text = oneOf(random, [...texts, `{"data":${draft.text}}`, JSON.stringify(draft.text)]);
    return said(draft, `only ${text.slice(0, 20)}`, { text });
  },
  (draft, random) => {
    const statuses = [100, 201, 202, 203, 206, 207, 226, 299, 300, 301, 304, 400, 401, 403, 404];
    const status = oneOf(random, [
      ...statuses,
      408,
      418,
      429,
      451,
      500,
      502,
      503,
      504,
      524,
      599,
      204,
    ]);
    return status === 100 ? draft : said(draft, `HTTP ${status}`, { status });
  },
  (draft, random) => {
    const type = oneOf(random, [
      "text/html",
      "text/plain",
      "application/graphql-response+json",
      "application/json; charset=utf-16",
      "multipart/form-data",
      "nonsense",
      "",
      undefined,
    ]);
    return said(draft, `type ${type ?? "none"}`, { type });
  },
];

function withBytesChanged(body: Buffer, random: Random, say: (word: string) => void): Buffer {
  if (random() < 0.05) {
    say("as UTF-16");
    return Buffer.from(body.toString("utf8"), "utf16le");
  }
  const changed = Buffer.from(body);
  const count = Math.min(changed.length, 1 + below(random, 8));
  for (let n = 0; n < count; n += 1) {
    const at = below(random, changed.length);
    const isBit = random() < 0.5;
    changed[at] = isBit ? (changed[at] ?? 0) ^ (1 << below(random, 8)) : below(random, 256);
  }
  say(`${count} bytes changed`);
  return changed;
}
