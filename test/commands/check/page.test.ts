import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { pageJson, pageLines, pageWarnings } from "#commands/check/page.ts";
import type { HttpSettings } from "#config/settings.ts";
import { freePort } from "../../free-port.ts";

const never = new AbortController().signal;

function httpAt(port: number): HttpSettings {
  return { host: "127.0.0.1", port, isRemoteAllowed: false };
}

async function answering(status: number, text: string): Promise<number> {
  const server = createServer((_request, response) => response.writeHead(status).end(text));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const warned = (port: number, guardPid?: number) =>
  pageWarnings({ http: httpAt(port), dryRun: false }, guardPid, never);

it.each([
  ["the guard's, which sees", 200, "ok", []],
  ["the guard's, which does not see", 503, "unhealthy", []],
  ["another one's", 200, "<h1>It works</h1>", [/what listens at .* is not the guard/]],
  ["another one's, that knows no such page", 404, "no", [/is not the guard/]],
])("while the daemon runs, the page is %s", async (_whose, status, text, words) => {
  const warnings = await warned(await answering(status, text), 1);

  expect(warnings).toEqual(words.map((each) => expect.stringMatching(each) as unknown));
});

it("while the daemon runs, nobody answers", async () => {
  expect(await warned(await freePort(), 1)).toEqual([
    expect.stringMatching(/does not answer although the daemon runs/),
  ]);
});

it("before it runs, its port must be free", async () => {
  expect(await warned(await freePort())).toEqual([]);
  expect(await warned(await answering(200, "ok"))).toEqual([
    expect.stringMatching(/^the page: cannot listen on 127\.0\.0\.1 port \d+: .*EADDRINUSE/),
  ]);
});

it("nothing is warned of where nothing is served, or nothing really", async () => {
  const taken = httpAt(await answering(404, ""));

  expect(await pageWarnings({ http: undefined, dryRun: false }, 1, never)).toEqual([]);
  expect(await pageWarnings({ http: taken, dryRun: true }, 1, never)).toEqual([]);
});

it("where it is, for people and programs", () => {
  const http = { ...httpAt(8092), host: "0.0.0.0", isRemoteAllowed: true };

  expect(pageLines({ http }, "runpodboss")).toEqual([
    "page: http://127.0.0.1:8092/; to open it: runpodboss dashboard",
  ]);
  expect(pageLines({ http: { ...http, publicUrl: "https://a.example" } }, "runpodboss")).toEqual([
    "page: http://127.0.0.1:8092/, and https://a.example; to open it: runpodboss dashboard",
  ]);
  expect(pageLines({ http: undefined }, "runpodboss")).toEqual([]);
  expect(pageJson({ http })).toEqual({
    address: "http://127.0.0.1:8092/",
    public_url: null,
    is_remote_allowed: true,
  });
  expect(pageJson({ http: undefined })).toBeNull();
});
