import { createServer as createTcpServer, type AddressInfo } from "node:net";
import type { RequestListener } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { version } from "../../package.json";
import { askMetrics } from "#probes/ask-metrics.ts";
import type { ActivityMetric } from "#probes/settings.ts";
import { pages, serving } from "./pages.ts";

const never = new AbortController().signal;
const pod = { podId: "p1", podName: "trainer" };
const limits = { timeLimitMs: 10_000, maxBytes: 1_000 };

function above(url: string, metric = "running", line = 0): ActivityMetric {
  return { url, metric, activeWhen: { kind: "above", above: line } };
}

function increases(url: string, metric = "done_total"): ActivityMetric {
  return { url, metric, activeWhen: { kind: "increases" } };
}

describe("a metric that must be above a line", () => {
  it.each([
    ["above", "running 3\n", { kind: "active", because: "running is 3, above 2" }],
    ["at the line", "running 2\n", { kind: "quiet" }],
    ["below", "running 0\n", { kind: "quiet" }],
    [
      "above in all",
      'running{x="1"} 1\nrunning{x="2"} 1.5\n',
      { kind: "active", because: "running is 2.5, above 2" },
    ],
  ])("%s", async (_sentence, page, finding) => {
    const url = await serving(pages(page));

    const asked = await askMetrics([above(url, "running", 2)], pod, {}, limits, never);

    expect(asked).toEqual({ findings: [finding], counters: {} });
  });
});

it("what reading a page takes is charged to what all pages may take, and waited for", async () => {
  const url = await serving(pages("running 3\n"));
  const charged: number[] = [];
  let isFree = (): void => undefined;
  const working = (ms: number): Promise<void> => {
    charged.push(ms);
    return new Promise((resolve) => (isFree = resolve));
  };
  let isRead = false;

  const asked = askMetrics([above(url)], pod, {}, { ...limits, working }, never);
  void asked.then(() => (isRead = true));
  await vi.waitUntil(() => charged.length === 1);
  const before = isRead;
  isFree();

  expect((await asked).findings).toEqual([{ kind: "active", because: "running is 3, above 0" }]);
  expect(before).toBe(false);
  expect(charged[0]).toBeGreaterThanOrEqual(0);
});

describe("a metric that must increase", () => {
  it.each([
    ["the first time, it is the line to start from", [5], { kind: "quiet" }],
    ["the same", [5, 5], { kind: "quiet" }],
    ["grown", [5, 7], { kind: "active", because: "done_total rose from 5 to 7" }],
    ["grown since 0", [0, 1], { kind: "active", because: "done_total rose from 0 to 1" }],
    ["grown and at rest again", [5, 7, 7], { kind: "quiet" }],
    ["anew and at work", [5, 2], { kind: "active", because: "done_total was reset and is 2" }],
    ["anew and at rest", [5, 0], { kind: "quiet" }],
  ])("%s", async (_sentence, values, finding) => {
    const url = await serving(pages(...values.map((value) => `done_total ${value}\n`)));

    let asked = await askMetrics([increases(url)], pod, {}, limits, never);
    for (const _ of values.slice(1)) {
      asked = await askMetrics([increases(url)], pod, asked.counters, limits, never);
    }

    expect(asked.findings).toEqual([finding]);
    expect(Object.values(asked.counters)).toEqual([values.at(-1)]);
  });

  it("keeps the value of the last time when it cannot be read", async () => {
    const url = await serving(pages("done_total 5\n", "", "done_total 6\n"));

    const first = await askMetrics([increases(url)], pod, {}, limits, never);
    const second = await askMetrics([increases(url)], pod, first.counters, limits, never);
    const third = await askMetrics([increases(url)], pod, second.counters, limits, never);

    expect(second.findings).toMatchObject([{ kind: "failed" }]);
    expect(second.counters).toEqual(first.counters);
    expect(third.findings).toMatchObject([{ because: "done_total rose from 5 to 6" }]);
  });

  it("is known by its metric and its URL, and what is asked for no more is dropped", async () => {
    const page = "done_total 1\nfailed_total 2\n";
    const url = await serving(pages(page));
    const metrics = [increases(`${url}/a`), increases(`${url}/b`), increases(url, "failed_total")];

    const { counters } = await askMetrics(metrics, pod, { gone: 1 }, limits, never);

    expect(Object.values(counters)).toEqual([1, 1, 2]);
  });

  it("leaves nothing of its URL in what is kept", async () => {
    const url = await serving(pages("done_total 1\n"));

    const secret = increases(`${url}/sesame-path?token=sesame-query`);
    const { counters } = await askMetrics([secret], pod, {}, limits, never);

    expect(Object.keys(counters)).toEqual([expect.stringMatching(/^done_total [0-9a-f]{12}$/)]);
  });
});

/** Says that the page is elsewhere. */
function moved(status: number, location: string): RequestListener {
  return (_request, response) => void response.writeHead(status, { location }).end("running 1\n");
}

describe("a page that moved", () => {
  it.each([301, 302, 307, 308])("on its host is read where it is now: %d", async (status) => {
    const asked: unknown[] = [];
    const url = await serving((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      if (request.url === "/new?x=1") response.end("running 3\n");
      else response.writeHead(status, { location: "new?x=1" }).end("running 1\n");
    });

    const page = `${url.replace("//", "//me:pass@")}/old`;
    const { findings } = await askMetrics([above(page)], pod, {}, limits, never);

    expect(findings).toEqual([{ kind: "active", because: "running is 3, above 0" }]);
    const authorization = `Basic ${Buffer.from("me:pass").toString("base64")}`;
    expect(asked).toEqual(["/old", "/new?x=1"].map((path) => [path, authorization]));
  });

  it("again and again is read, up to three times", async () => {
    const url = await serving((request, response) => {
      const n = Number(request.url?.slice(1));
      if (n === 3) response.end("running 3\n");
      else response.writeHead(302, { location: `/${n + 1}` }).end();
    });

    const { findings } = await askMetrics([above(`${url}/0`)], pod, {}, limits, never);

    expect(findings).toMatchObject([{ kind: "active" }]);
  });

  it("has one time limit for all of its places", async () => {
    let asked = 0;
    const url = await serving((_request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(302, { location: "/new" }).end();
    });

    const quick = { ...limits, timeLimitMs: 100 };
    const { findings } = await askMetrics([above(url)], pod, {}, quick, never);

    const because = `running at ${new URL(url).host}: no complete answer within 0.1 s`;
    expect([asked, findings]).toEqual([2, [{ kind: "failed", because }]]);
  });
});

describe("a page that cannot be used", () => {
  const quick = { ...limits, timeLimitMs: 100 };

  it.each<[string, RequestListener, string]>([
    [
      "an error",
      (_request, response) => void response.writeHead(500).end("running 1\n"),
      "HTTP 500",
    ],
    [
      "one that moved in a circle",
      (_request, response) => void response.writeHead(302, { location: "/x" }).end("running 1\n"),
      "moved more than 3 times",
    ],
    [
      "one that moved to another host",
      moved(301, "https://other.example:8443/secret?token=1"),
      "HTTP 301, moved to https://other.example:8443",
    ],
    [
      "one that moved to another port",
      moved(307, "http://127.0.0.1:9/"),
      "HTTP 307, moved to http://127.0.0.1:9",
    ],
    ["one that moved nobody knows where", moved(308, "http://"), "HTTP 308"],
    ["one that moved to no page", moved(302, "file:///etc/passwd"), "HTTP 302"],
    [
      "one that is to be seen elsewhere",
      moved(303, "http://other.example/"),
      "HTTP 303, moved to http://other.example",
    ],
    [
      "one that is not modified",
      (_request, response) => void response.writeHead(304).end(),
      "HTTP 304",
    ],
    ["another success", (_request, response) => void response.writeHead(204).end(), "HTTP 204"],
    [
      "too much",
      (_request, response) => void response.end("running 1\n".repeat(101)),
      `the answer is over ${1_000 / 2 ** 20} MiB`,
    ],
    ["a connection dropped", (request) => void request.socket.destroy(), "socket hang up"],
    ["a web page", pages("<html>running 1</html>"), "its page has no number of that name"],
    ["rubbish", pages("\0\u{1f}\u{fffd}{{{"), "its page has no number of that name"],
    ["a page without it", pages("runnings 1\n"), "its page has no number of that name"],
    ["no number", pages("running NaN\n"), "its page has no number of that name"],
  ])("%s", async (_sentence, listener, words) => {
    const url = await serving(listener);

    const { findings } = await askMetrics([above(url)], pod, {}, limits, never);

    const { host } = new URL(url);
    expect(findings).toEqual([{ kind: "failed", because: `running at ${host}: ${words}` }]);
  });

  it.each<[string, RequestListener]>([
    ["silence", () => {}],
    [
      "a slow drip",
      (_request, response) => {
        const drip = setInterval(() => response.write("running 1\n"), 5);
        response.on("close", () => clearInterval(drip));
      },
    ],
  ])("%s is given up at the time limit", async (_sentence, listener) => {
    const url = await serving(listener);

    const roomy = { ...quick, maxBytes: 1_000_000 };
    const { findings } = await askMetrics([above(url)], pod, {}, roomy, never);

    const because = `running at ${new URL(url).host}: no complete answer within 0.1 s`;
    expect(findings).toEqual([{ kind: "failed", because }]);
  });

  it("a page just within the limit is used", async () => {
    const url = await serving(pages("running 1\n".padEnd(1_000)));

    const { findings } = await askMetrics([above(url)], pod, {}, limits, never);

    expect(findings).toMatchObject([{ kind: "active" }]);
  });

  it("a port that nobody listens on", async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));

    const { findings } = await askMetrics(
      [above(`http://127.0.0.1:${port}/`)],
      pod,
      {},
      limits,
      never,
    );

    expect(findings).toMatchObject([{ because: expect.stringContaining("ECONNREFUSED") }]);
  });

  it.each([
    ["no url", "sesame-path", "running at no host: its url is not valid for this pod"],
    [
      "another protocol",
      "file:///sesame-path",
      "running at no host: its url is not valid for this pod",
    ],
    [
      "credentials that are none",
      "http://sesame%E0:sesame@127.0.0.1:9/sesame-path",
      "running at 127.0.0.1:9: its url cannot be used",
    ],
  ])("%s", async (_sentence, url, because) => {
    const { findings } = await askMetrics([above(url)], pod, {}, limits, never);

    expect(findings).toEqual([{ kind: "failed", because }]);
  });

  it.each<[string, RequestListener]>([
    ["an error", (request, response) => void response.writeHead(500).end(request.url)],
    ["no metric", (request, response) => void response.end(request.url)],
    ["silence", () => {}],
    ["a connection dropped", (request) => void request.socket.destroy()],
  ])("no secret of its URL is in the words of %s", async (_sentence, listener) => {
    const { host } = new URL(await serving(listener));
    const url = `http://sesame-user:sesame-password@${host}/sesame-path?token=sesame-query`;

    const { findings } = await askMetrics([above(url)], pod, {}, quick, never);

    expect(findings).toMatchObject([{ kind: "failed" }]);
    expect(JSON.stringify(findings)).toContain(host);
    expect(JSON.stringify(findings)).not.toContain("sesame");
  });
});

describe("what is asked", () => {
  it("is one page a URL, under our name, with the credentials of the URL", async () => {
    const asked: unknown[] = [];
    const url = await serving((request, response) => {
      const { "user-agent": agent, authorization } = request.headers;
      asked.push([request.method, request.url, agent, authorization]);
      response.end("running 1\ndone_total 1\n");
    });
    const page = `${url.replace("//", "//me:pass@")}/metrics`;

    const metrics = [above(page), increases(page), above(page, "done_total")];
    const { findings } = await askMetrics(metrics, pod, {}, limits, never);

    const authorization = `Basic ${Buffer.from("me:pass").toString("base64")}`;
    expect(asked).toEqual([["GET", "/metrics", `runpodboss/${version}`, authorization]]);
    expect(findings.map(({ kind }) => kind)).toEqual(["active", "quiet", "active"]);
  });

  it.each([
    ["plain", "p1", "trainer", "/p1?name=trainer"],
    ["a path", "../../x", "a/b", "/..%2F..%2Fx?name=a%2Fb"],
    ["a query", "p?x=1#", "a&token=1", "/p%3Fx%3D1%23?name=a%26token%3D1"],
    ["braces", "{pod_name}", "{{", "/%7Bpod_name%7D?name=%7B%7B"],
    ["other scripts and line ends", "ä", "\r\n", "/%C3%A4?name=%0D%0A"],
    ["half a surrogate pair", "p1", "\ud800", "/p1?name=%EF%BF%BD"],
  ])("has the pod's id and name, which stay what they are: %s", async (_, podId, podName, path) => {
    const asked: unknown[] = [];
    const url = await serving((request, response) => {
      asked.push(request.url);
      response.end("running 1\n");
    });

    const template = `${url}/{pod_id}?name={pod_name}`;
    await askMetrics([above(template)], { podId, podName }, {}, limits, never);

    expect(asked).toEqual([path]);
  });

  it.each(["127.0.0.1:9/", "x@127.0.0.1:9/", "127.0.0.1\uff0f"])(
    "is no other host because of an id: %s",
    async (podId) => {
      const metric = above("http://{pod_id}.localhost:9/metrics");

      const { findings } = await askMetrics([metric], { ...pod, podId }, {}, limits, never);

      expect(findings).toEqual([
        { kind: "failed", because: "running at no host: its url is not valid for this pod" },
      ]);
    },
  );
});

it.each<[string, (interrupt: () => void) => RequestListener]>([
  ["waits", (interrupt) => () => setImmediate(interrupt)],
  [
    "reads",
    (interrupt) => (_request, response) => {
      response.write("done_total 9\n");
      setImmediate(interrupt);
    },
  ],
])("says so when interrupted while it %s", async (_, listener) => {
  const interruption = new AbortController();
  const url = await serving(listener(() => interruption.abort()));

  const { findings } = await askMetrics([increases(url)], pod, {}, limits, interruption.signal);

  expect(findings).toEqual([{ kind: "interrupted" }]);
});

it("asks nothing when it was interrupted before", async () => {
  let requests = 0;
  const url = await serving((_request, response) => {
    requests += 1;
    response.end("running 1\n");
  });

  const { findings } = await askMetrics([above(url)], pod, {}, limits, AbortSignal.abort());

  expect(findings).toEqual([{ kind: "interrupted" }]);
  expect(requests).toBe(0);
});
