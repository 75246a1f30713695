import { getEventListeners } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { TransportError } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";
import { limitedFetch, type Limits } from "#runpod/graphql/transport.ts";

const json = { "content-type": "application/json" };
const generous: Limits = { timeLimitMs: 10_000, maxBytes: 1_000, secret: "rpa_secret" };

/** Where that server listens, until the test ends. */
async function urlOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => server.closeAllConnections());
  return urlOf(server);
}

async function failureOf(answer: Promise<Response>): Promise<TransportError> {
  const error: unknown = await answer.catch((thrown: unknown) => thrown);
  if (error instanceof TransportError) return error;
  throw new Error("no TransportError", { cause: error });
}

it("hands on an object and its status", async () => {
  const url = await answering((_request, response) => {
    response.writeHead(418, json).end(' {"a": "ä"}');
  });

  const answer = await limitedFetch(exchange, generous)(url, { headers: new Headers() });

  expect({ ok: answer.ok, status: answer.status, text: await answer.text() }).toEqual({
    ok: false,
    status: 418,
    text: ' {"a": "ä"}',
  });
});

it("sends what it is given, on a connection of its own", async () => {
  const asked: unknown[] = [];
  const url = await answering((request, response) => {
    request.setEncoding("utf8").on("data", (body) => {
      const { authorization, connection } = request.headers;
      asked.push({ method: request.method, authorization, connection, body });
      response.writeHead(200, json).end("{}");
    });
  });

  await limitedFetch(exchange, generous)(url, {
    method: "POST",
    headers: new Headers({ authorization: "Bearer rpa_secret" }),
    body: "{query}",
  });

  expect(asked).toEqual([
    { method: "POST", authorization: "Bearer rpa_secret", connection: "close", body: "{query}" },
  ]);
});

it.each([
  [200, { "content-type": "text/html" }, "<html>", 'HTTP 200 with text/html: "<html>"'],
  [502, { "content-type": "text/html" }, "<p>\n</p>", 'HTTP 502 with text/html: "<p>\\n</p>"'],
  [
    403,
    { "content-type": "text/plain" },
    "error code: 1010",
    'HTTP 403 with text/plain: "error code: 1010"',
  ],
  [200, json, "[]", 'HTTP 200 with application/json: "[]"'],
  [200, json, "null", 'HTTP 200 with application/json: "null"'],
  [204, {}, "", 'HTTP 204 with no content type: ""'],
  [301, { location: "/elsewhere" }, "", 'HTTP 301 with no content type: ""'],
  [200, json, "\u001b[2J", 'HTTP 200 with application/json: "\\u001b[2J"'],
  [200, json, "x".repeat(500), `HTTP 200 with application/json: "${"x".repeat(80)}"`],
])("%d %j %j is no answer", async (status, headers, body, words) => {
  const url = await answering((_request, response) => {
    response.writeHead(status, headers).end(body);
  });

  const failure = await failureOf(
    limitedFetch(exchange, generous)(url, { headers: new Headers() }),
  );

  expect(failure).toMatchObject({ message: words, status });
});

it.each([
  ["at the limit is taken", 1_000, "taken"],
  ["a byte over it is not", 1_001, `TransportError: the answer is over ${1_000 / 2 ** 20} MiB`],
])("an answer %s", async (_sentence, bytes, expected) => {
  const url = await answering((_request, response) => {
    response.writeHead(200, json).end(`{${" ".repeat(bytes - 2)}}`);
  });

  const outcome = await limitedFetch(exchange, generous)(url, { headers: new Headers() }).then(
    () => "taken",
    (error: unknown) => String(error),
  );

  expect(outcome).toBe(expected);
});

it("an endless answer is not read beyond the limit", async () => {
  const url = await answering((_request, response) => {
    response.writeHead(200, json);
    const more = (): void => {
      while (!response.destroyed && response.write("{".repeat(1_000)));
    };
    response.on("drain", more);
    more();
  });

  const failure = await failureOf(
    limitedFetch(exchange, generous)(url, { headers: new Headers() }),
  );

  expect(failure.message).toContain("the answer is over");
});

it.each<[string, RequestListener]>([
  ["says nothing", () => {}],
  [
    "says nothing more after its headers",
    (_request, response) => response.writeHead(200, json).flushHeaders(),
  ],
  [
    "sends a byte now and then",
    (_request, response) => {
      const drip = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(drip));
    },
  ],
])("a server that %s is given up at the time limit", async (_sentence, listener) => {
  const url = await answering(listener);

  const limits = { ...generous, timeLimitMs: 60 };
  const failure = await failureOf(limitedFetch(exchange, limits)(url, { headers: new Headers() }));

  expect(failure).toMatchObject({ message: "no complete answer within 0.06 s", status: undefined });
});

it.each<[string, RequestListener, RegExp]>([
  ["hangs up", (request) => void request.socket.destroy(), /^socket hang up$/],
  [
    "hangs up half-way",
    (_request, response) => {
      response.writeHead(200, { ...json, "content-length": "100" });
      response.write('{"data":', () => response.socket?.destroy());
    },
    /^aborted$/,
  ],
])("a server that %s is unreachable", async (_sentence, listener, words) => {
  const url = await answering(listener);

  const failure = await failureOf(
    limitedFetch(exchange, generous)(url, { headers: new Headers() }),
  );

  expect(failure.message).toMatch(words);
  expect(failure.status).toBeUndefined();
});

it("a server that speaks something else is named as such", async () => {
  const url = await urlOf(createTcpServer((socket) => void socket.end("SSH-2.0-OpenSSH\r\n")));

  const failure = await failureOf(
    limitedFetch(exchange, generous)(url, { headers: new Headers() }),
  );

  expect(failure).toMatchObject({
    message: expect.stringContaining("Expected HTTP/"),
    status: undefined,
  });
});

it("a port that nobody listens on", async () => {
  const server = createTcpServer();
  const url = await urlOf(server);
  await new Promise((resolve) => server.close(resolve));

  const failure = await failureOf(
    limitedFetch(exchange, generous)(url, { headers: new Headers() }),
  );

  expect(failure.message).toContain("ECONNREFUSED");
});

it.each([
  [
    "in a page",
    "text/plain",
    `no: Bearer rpa_secret`,
    'HTTP 200 with text/plain: "no: Bearer [redacted]"',
  ],
  [
    "where the page is cut",
    "text/plain",
    `${"x".repeat(76)}rpa_secret`,
    `HTTP 200 with text/plain: "${"x".repeat(76)}[red"`,
  ],
  ["as the type", "rpa_secret", "", 'HTTP 200 with [redacted]: ""'],
])("the secret is blanked out %s", async (_sentence, type, body, words) => {
  const url = await answering((_request, response) => {
    response.writeHead(200, { "content-type": type }).end(body);
  });

  const failure = await failureOf(
    limitedFetch(exchange, generous)(url, { headers: new Headers() }),
  );

  expect(failure.message).toBe(words);
});

it("the secret is blanked out in an object", async () => {
  const url = await answering((_request, response) => {
    response.writeHead(200, json).end('{"a":"rpa_secret rpa_secret"}');
  });

  const answer = await limitedFetch(exchange, generous)(url, { headers: new Headers() });

  expect(await answer.text()).toBe('{"a":"[redacted] [redacted]"}');
});

it("a secret too short to be one blanks nothing", async () => {
  const url = await answering((_request, response) => {
    response.writeHead(200, json).end('{"a":1}');
  });

  const answer = await limitedFetch(exchange, { ...generous, secret: "a" })(url, {
    headers: new Headers(),
  });

  expect(await answer.text()).toBe('{"a":1}');
});

it.each<[string, RequestListener]>([
  ["waits", () => {}],
  ["reads", (_request, response) => void response.writeHead(200, json).write("{")],
])("ends when interrupted while it %s", async (_sentence, listener) => {
  const interruption = new AbortController();
  const url = await answering((request, response) => {
    listener(request, response);
    setImmediate(() => interruption.abort());
  });

  const { signal } = interruption;
  const failure = await failureOf(
    limitedFetch(exchange, generous)(url, { headers: new Headers(), signal }),
  );

  expect(failure).toMatchObject({ message: "poll interrupted", status: undefined });
});

it("asks nothing when it was interrupted before", async () => {
  let requests = 0;
  const url = await answering((_request, response) => {
    requests += 1;
    response.end("{}");
  });

  const signal = AbortSignal.abort();
  const failure = await failureOf(
    limitedFetch(exchange, generous)(url, { headers: new Headers(), signal }),
  );

  expect(failure.message).toBe("poll interrupted");
  expect(requests).toBe(0);
});

it.each<[string, RequestListener]>([
  ["an answer", (_request, response) => void response.writeHead(200, json).end("{}")],
  ["a refusal", (_request, response) => void response.writeHead(401).end("no")],
  ["silence", () => {}],
  ["an answer too long", (_request, response) => void response.end("{".repeat(100_000))],
  ["a connection dropped", (request) => void request.socket.destroy()],
])(
  "after %s the connection is closed and nothing is left on the signal",
  async (_sentence, listener) => {
    const server = createServer(listener);
    const closed = new Promise((resolve) => {
      server.on("connection", (socket) => socket.on("close", resolve));
    });
    const url = await urlOf(server);
    const { signal } = new AbortController();

    const limits = { ...generous, timeLimitMs: 100 };
    await limitedFetch(exchange, limits)(url, { headers: new Headers(), signal }).catch(() => {});

    await closed;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  },
);
