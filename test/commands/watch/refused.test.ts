import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { type Guard, guardWith, heardBy } from "../../e2e/guard.ts";
import { serving } from "../../probes/pages.ts";

/** What hears beats: the paths that it was asked for. */
async function listening() {
  const heard: string[] = [];
  const base = await serving(({ url = "" }, response) => {
    heard.push(url);
    response.end('{"ok":true}');
  });
  return { heard, base };
}

describe("a start that is refused for a fault of the config says so by the heartbeat:", () => {
  it.for<[string, (guard: Guard, base: string) => void, RegExp]>([
    [
      "a key that nobody knows",
      (guard, base) => guard.configure({ pol_interval: 5, heartbeat: { url: `${base}/U-1` } }),
      /^\/U-1\/fail$/,
    ],
    [
      "no JSON behind it, the address in a file",
      (guard, base) => {
        guard.write("beat", `${base}/U-1\n`);
        guard.configure({ heartbeat: { url_file: `${guard.folder}/beat` } });
        fs.appendFileSync(guard.config, "\n, oops");
      },
      /^\/U-1\/fail$/,
    ],
    [
      "no key, and Uptime Kuma listens",
      (guard, base) =>
        guard.configure({
          api_key_env: "NOWHERE",
          heartbeat: { url: `${base}/api/push/T0k?status=up&msg=OK` },
        }),
      /^\/api\/push\/T0k\?status=down&/,
    ],
  ])("%s", async ([_sentence, spoil, expected], test) => {
    const { heard, base } = await listening();
    const guard = await guardWith(test);
    spoil(guard, base);

    const { by } = await guard.call(["watch", "--config", guard.config], { RUNPOD_API_KEY: "" })
      .ended;

    expect(by).toBe(2);
    expect(heard).toEqual([expect.stringMatching(expected)]);
  });

  it.for<[string, (base: string) => object, readonly string[]]>([
    ["a heartbeat with a mistake of its own", (url) => ({ heartbeat: { url, evry: 5 } }), []],
    ["one that has two addresses", (url) => ({ heartbeat: { url, url_env: "X" } }), []],
    ["a dry run", (url) => ({ heartbeat: { url }, dry_run: true }), []],
    ["a dry run by option", (url) => ({ heartbeat: { url } }), ["--dry-run"]],
  ])("not so %s", async ([_sentence, config, args], test) => {
    const { heard, base } = await listening();
    const guard = await guardWith(test, {
      config: { pol_interval: 5, ...config(`${base}/U-1`) },
    });

    const { by } = await guard.watch(...args).ended;

    expect(by).toBe(2);
    expect(heard).toEqual([]);
  });
});

it("a start that is refused says why at once, and waits for no channel longer than its limit for telling", async (test) => {
  const base = await serving(() => undefined);
  const guard = await guardWith(test, {
    notify: "",
    config: {
      pol_interval: 5,
      notify: [{ type: "webhook", url: `${base}/hook-7Hq2xLm9`, timeout_seconds: 600 }],
    },
    paces: { tellLimitMs: 300 },
  });

  const { by, stderr } = await guard.watch().ended;

  expect(by).toBe(2);
  expect(stderr).toMatch(/pol_interval[^]*warning: could not notify/);
  expect(heardBy(guard)).toHaveLength(1);
});
