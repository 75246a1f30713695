import { once } from "node:events";
import { chmodSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, it, type TestContext, vi } from "vitest";
import { guardWith, heardBy, told, until } from "../../e2e/guard.ts";
import { freePort } from "../../free-port.ts";

const patience = { timeout: 60_000, interval: 50 };

const at = (port: number, path = "/"): string => `http://127.0.0.1:${port}${path}`;

function bearer(stateFile: string): { readonly headers: Record<string, string> } {
  const token = readFileSync(`${stateFile}.http-token`, "utf8").trim();
  return { headers: { authorization: `Bearer ${token}` } };
}

/** In a value: a rejection that is awaited again and again may count for whichever test ends meanwhile. */
function isAnswered(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

async function taking(port: number, { onTestFinished }: TestContext): Promise<() => Promise<void>> {
  const other = createServer((socket) => void socket.destroy()).listen(port, "127.0.0.1");
  await once(other, "listening");
  const end = async (): Promise<void> => {
    if (!other.listening) return;
    other.close();
    await once(other, "close");
  };
  onTestFinished(end);
  return end;
}

describe.concurrent("a daemon with a page", () => {
  it("serves from its start, to who has the token, and no more after its end", async (test) => {
    const port = await freePort();
    const guard = await guardWith(test, { config: { http: { listen: `127.0.0.1:${port}` } } });
    const daemon = guard.watch();
    const served = await daemon.said("page served");

    expect(served).toMatchObject({
      address: at(port),
      open: `runpodboss -c ${guard.config} dashboard`,
    });
    expect(statSync(`${guard.stateFile}.http-token`).mode & 0o777).toBe(0o600);
    expect(statSync(`${guard.stateFile}.activity-token`).mode & 0o777).toBe(0o600);
    expect(statSync(`${guard.stateFile}.metrics-token`).mode & 0o777).toBe(0o600);
    expect((await fetch(at(port, "/api/status"))).status).toBe(401);
    const status = await fetch(at(port, "/api/status"), bearer(guard.stateFile));
    expect(await status.json()).toMatchObject({ is_dry_run: false });

    daemon.signal("SIGTERM");
    const { stderr, by } = await daemon.ended;
    expect(by).toBe(130);
    await expect(fetch(at(port, "/health"))).rejects.toThrow("fetch failed");
    expect(stderr).not.toContain(readFileSync(`${guard.stateFile}.http-token`, "utf8").trim());
  });

  it("goes where a reload says, with another token, and is gone when it says so", async (test) => {
    const [first, second] = [await freePort(), await freePort()];
    const guard = await guardWith(test, { config: { http: { listen: `127.0.0.1:${first}` } } });
    const daemon = guard.watch();
    await daemon.said("page served", { address: at(first) });
    const old = bearer(guard.stateFile);

    rmSync(`${guard.stateFile}.http-token`);
    guard.configure({ http: { listen: `127.0.0.1:${second}` } });
    daemon.signal("SIGHUP");
    await daemon.said("page served", { address: at(second) });

    await expect(fetch(at(first, "/health"))).rejects.toThrow("fetch failed");
    expect((await fetch(at(second, "/metrics"), old)).status).toBe(401);
    expect((await fetch(at(second, "/metrics"), bearer(guard.stateFile))).status).toBe(200);

    guard.configure({ http: undefined });
    daemon.signal("SIGHUP");
    await vi.waitFor(
      async () => expect(await isAnswered(at(second, "/health"))).toBe(false),
      patience,
    );
  });

  it("guards on where its port is taken, tells so once, and serves once it is free", async (test) => {
    const port = await freePort();
    const end = await taking(port, test);
    const guard = await guardWith(test, {
      notify: "",
      balanceUsd: 5,
      config: { http: { listen: `127.0.0.1:${port}` } },
    });
    const daemon = guard.watch();
    await told(guard, /another program listens on 127\.0\.0\.1 port/);
    await told(guard, /^warning$/);

    expect(guard.saved().fired["warning"]).toBe(true);

    await end();
    await daemon.said("page served");
    await until("it is told", () => heardBy(guard).find((each) => /the page.* again/.test(each)));
    expect(heardBy(guard).filter((each) => each.includes("another program"))).toHaveLength(1);
  });

  it("beside the real one a dry run warns of the port, and tells nobody", async (test) => {
    const port = await freePort();
    await taking(port, test);
    const guard = await guardWith(test, {
      notify: "",
      config: { http: { listen: `127.0.0.1:${port}` } },
    });
    const daemon = guard.watch("--dry-run");
    const line = await daemon.said("page not served");

    expect(line.level).toBe("warn");
    expect(heardBy(guard)).toEqual([]);
  });

  it("serves nothing with --once", async (test) => {
    const port = await freePort();
    const guard = await guardWith(test, { config: { http: { listen: `127.0.0.1:${port}` } } });
    const { lines } = await guard.watch("--once").ended;

    expect(lines.map(({ msg }) => msg)).not.toContain("page served");
  });

  it("whose token others can read serves nothing, and says what to do", async (test) => {
    const port = await freePort();
    const guard = await guardWith(test, {
      notify: "",
      config: { http: { listen: `127.0.0.1:${port}` } },
    });
    guard.write("state.json.http-token", "a-token-that-is-long-enough");
    chmodSync(`${guard.stateFile}.http-token`, 0o644);
    guard.watch();

    const words =
      "can be read or changed by others on this machine. Remove it, and another one is made";
    await until("it is told", () => heardBy(guard).some((each) => each.includes(words)));
    await expect(fetch(at(port))).rejects.toThrow("fetch failed");
  });

  it("lets nobody in by the old token once the file of the new one cannot be read", async (test) => {
    const port = await freePort();
    const guard = await guardWith(test, {
      notify: "",
      config: { http: { listen: `127.0.0.1:${port}` } },
    });
    const daemon = guard.watch();
    await daemon.said("page served");
    const old = bearer(guard.stateFile);
    const file = `${guard.stateFile}.http-token`;
    guard.write("state.json.http-token", "another-token-that-is-long-enough");
    chmodSync(file, 0o644);
    daemon.signal("SIGHUP");

    // Not of a port that another test had for a moment at the start.
    await told(guard, /the page is not served: .*http-token/);
    await expect(fetch(at(port, "/api/status"), old)).rejects.toThrow("fetch failed");

    chmodSync(file, 0o600);
    await vi.waitFor(
      async () => expect((await fetch(at(port, "/metrics"), old)).status).toBe(401),
      patience,
    );
    expect((await fetch(at(port, "/metrics"), bearer(guard.stateFile))).status).toBe(200);
  });

  it("answers with all its headers where it is bundled", async (test) => {
    const port = await freePort();
    const guard = await guardWith(test, { config: { http: { listen: `127.0.0.1:${port}` } } });
    await guard.watchApart().said("page served");
    const [page, status] = await Promise.all([
      fetch(at(port), bearer(guard.stateFile)),
      fetch(at(port, "/api/status"), bearer(guard.stateFile)),
    ]);

    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await page.text()).toContain('<link rel="stylesheet"');
    expect(status.headers.get("content-type")).toBe("application/json");
    for (const { headers } of [page, status]) {
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; /);
    }
  });
});
