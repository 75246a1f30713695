import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { proxyOf, proxyWords } from "#requests/proxy.ts";
import { TransportError } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";

type Env = Readonly<Record<string, string>>;

function wordsFor(url: string, env: Env): string {
  const proxy = proxyOf(new URL(url), env);
  switch (proxy.kind) {
    case "none":
      return "none";
    case "proxy":
      return proxyWords(proxy);
    case "unusable":
      return proxy.because;
  }
}

const api = "https://api.runpod.io/graphql";

describe("the proxy of a host", () => {
  it.each<[string, string, Env, string]>([
    ["is none where none is named", api, {}, "none"],
    ["is the one for https", api, { HTTPS_PROXY: "http://p:8080" }, "http://p:8080 (HTTPS_PROXY)"],
    [
      "small letters come first",
      api,
      { https_proxy: "http://a:1", HTTPS_PROXY: "http://b:1" },
      "http://a:1 (https_proxy)",
    ],
    ["is the one for all", api, { ALL_PROXY: "http://p:8080" }, "http://p:8080 (ALL_PROXY)"],
    ["is not the one for http", api, { HTTP_PROXY: "http://p:8080" }, "none"],
    [
      "is the one for http",
      "http://pod.test/metrics",
      { http_proxy: "http://p:8080" },
      "http://p:8080 (http_proxy)",
    ],
    ["needs no scheme", api, { HTTPS_PROXY: "p:8080" }, "http://p:8080 (HTTPS_PROXY)"],
    ["may be https itself", api, { HTTPS_PROXY: "https://p" }, "https://p (HTTPS_PROXY)"],
    [
      "is shown without its password",
      api,
      { HTTPS_PROXY: "http://me:secret@p:8080" },
      "http://p:8080 (HTTPS_PROXY)",
    ],
    ["empty is none", api, { HTTPS_PROXY: " " }, "none"],
    [
      "is refused where it cannot be used",
      api,
      { HTTPS_PROXY: "socks5://me:secret@p:1080" },
      "HTTPS_PROXY names a socks5 proxy; give one as http://host:port, or name the host in NO_PROXY",
    ],
    [
      "is refused where it is no address",
      api,
      { HTTPS_PROXY: "http://me:secret@" },
      "HTTPS_PROXY is no address of a proxy; give one as http://host:port, or name the host in NO_PROXY",
    ],
    ["this machine needs none", "http://127.0.0.1:8000/", { HTTP_PROXY: "http://p:8080" }, "none"],
    [
      "this machine by another address needs none",
      "http://127.9.9.9/",
      { ALL_PROXY: "http://p:1" },
      "none",
    ],
    ["this machine by IPv6 needs none", "http://[::1]:8000/", { ALL_PROXY: "http://p:1" }, "none"],
    ["this machine by name needs none", "https://localhost/", { ALL_PROXY: "http://p:1" }, "none"],
  ])("%s", (_sentence, url, env, expected) => {
    expect(wordsFor(url, env)).toBe(expected);
  });

  it.each<[string, string, string, boolean]>([
    ["*", api, "every host", true],
    ["api.runpod.io", api, "the host", true],
    ["API.RunPod.io", api, "the host in capitals", true],
    ["runpod.io", api, "a host in that domain", true],
    [".runpod.io", api, "a host in that domain", true],
    ["*.runpod.io", api, "a host in that domain", true],
    ["pod.io", api, "no host that only ends alike", false],
    ["other.test, api.runpod.io", api, "one of several", true],
    ["other.test api.runpod.io", api, "one of several with blanks", true],
    ["api.runpod.io:443", api, "the host at that port", true],
    ["api.runpod.io:8443", api, "the host at another port", false],
    ["api.runpod.io:8443", "https://api.runpod.io:8443/", "the host at that port", true],
    ["10.1.2.3", "https://10.1.2.3/", "the address", true],
    ["10.0.0.0/8", "https://10.1.2.3/", "an address in that range", true],
    ["10.0.0.0/16", "https://10.1.2.3/", "no address beside the range", false],
    ["10.0.0.0/99", "https://10.1.2.3/", "nothing: a range that is none", false],
    ["[fd00::1]", "https://[fd00::1]/", "the address in brackets", true],
    ["fd00::/8", "https://[fd00::1]/", "an address in that range", true],
    ["[fd00::1]:443", "https://[fd00::1]/", "the address at that port", true],
    ["", api, "nothing", false],
    [".", api, "nothing", false],
  ])("NO_PROXY=%s excepts from %s %s: %j", (noProxy, url, _what, isExcepted) => {
    const env = { ALL_PROXY: "http://p:1", NO_PROXY: noProxy };

    expect(wordsFor(url, env)).toBe(isExcepted ? "none" : "http://p:1 (ALL_PROXY)");
  });
});

describe("an exchange through a proxy", () => {
  afterEach(() => void vi.unstubAllEnvs());
  const limits = { timeLimitMs: 10_000, maxBytes: 1_000 };
  const headers = { authorization: "Bearer rpa_secret" };

  async function portOf(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  }

  function outcomeOf(url: string, timeLimitMs = limits.timeLimitMs): Promise<string> {
    return exchange(new URL(url), { partOf: "poll", headers }, { ...limits, timeLimitMs }).then(
      ({ status, text }) => `${status} ${text}`,
      (error: unknown) => (error instanceof TransportError ? error.message : String(error)),
    );
  }

  it("over http is asked of the proxy", async () => {
    const seen: unknown[] = [];
    const server = createServer((incoming, response) => {
      seen.push([incoming.url, incoming.headers.host, incoming.headers["proxy-authorization"]]);
      response.end("from the pod");
    });
    vi.stubEnv("http_proxy", `http://me:pass@127.0.0.1:${await portOf(server)}`);

    expect(await outcomeOf("http://pod.test:9400/metrics?a=1")).toBe("200 from the pod");
    const basic = `Basic ${Buffer.from("me:pass").toString("base64")}`;
    expect(seen).toEqual([["http://pod.test:9400/metrics?a=1", "pod.test:9400", basic]]);
  });

  it("over https goes through a tunnel, and the proxy sees nothing of it", async () => {
    const tunnels: IncomingMessage[] = [];
    let first: Buffer | undefined;
    const server = createServer().on("connect", (incoming, socket) => {
      tunnels.push(incoming);
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket
        .on("error", () => undefined)
        .once("data", (data: Buffer) => {
          first = data;
          socket.destroy();
        });
    });
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${await portOf(server)}`);

    expect(await outcomeOf("https://api.test/graphql")).toMatch(/disconnected|hang up|ECONNRESET/);
    expect(tunnels.map(({ method, url }) => [method, url])).toEqual([["CONNECT", "api.test:443"]]);
    expect(JSON.stringify(tunnels[0]?.rawHeaders)).not.toContain("rpa_secret");
    // A TLS handshake that names the host.
    expect(first?.[0]).toBe(0x16);
    expect(first?.includes("api.test")).toBe(true);
    expect(first?.includes("rpa_secret")).toBe(false);
  });

  it.each<[string, string, string]>([
    ["refuses", "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno", "403 no"],
    [
      "wants a password",
      "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
      "407 ",
    ],
    [
      "switches protocols",
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
      "HTTP 101: a change of protocol that nobody asked for",
    ],
  ])("that %s says so", async (_sentence, words, expected) => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined).once("data", () => socket.write(words));
    });
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${await portOf(server)}`);

    expect(await outcomeOf("https://api.test/graphql")).toBe(expected);
  });

  it("that says nothing is given up at the time limit, and its connection is closed", async () => {
    const closing = new AbortController();
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined).on("close", () => closing.abort());
      socket.resume();
    });
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${await portOf(server)}`);

    expect(await outcomeOf("https://api.test/graphql", 80)).toBe(
      "no complete answer within 0.08 s",
    );
    await vi.waitUntil(() => closing.signal.aborted);
  });

  it("that nobody runs is named as unreachable, without its password", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://me:pass@127.0.0.1:1");

    expect(await outcomeOf("https://api.test/graphql")).toBe("connect ECONNREFUSED 127.0.0.1:1");
  });
});
