import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, describe, it, type TestContext } from "vitest";
import { apiKey, guardWith, type GuardOptions } from "./guard.ts";

const webhook = "https://hooks.example.net/services/T0/B0/a-secret-of-this-test";

/** A guard with a folder that `outside init` has made. */
async function withFolder(test: TestContext, options: GuardOptions = {}) {
  const guard = await guardWith(test, {
    ...options,
    config: { notify: [{ type: "slack", webhook_url: webhook }], ...options.config },
  });
  const dir = join(guard.folder, "outside");
  const outside = (...args: readonly string[]) => guard.command("outside", ...args, "--dir", dir);
  const made = await outside("init");
  expect(made).toMatchObject({ by: 0, stderr: "" });
  const inFolder = (name: string) => join(dir, name);
  return {
    guard,
    dir,
    outside,
    made,
    inFolder,
    key: readFileSync(inFolder("outside.key"), "utf8").trim(),
  };
}

/** As Cloudflare's own program prints it. */
const printsAddress = `
if (process.argv[2] === "deploy") {
  console.log("Total Upload: 512 KiB / gzip: 120 KiB");
  console.log("Deployed runpodboss triggers (1.2 sec)");
  console.log("  https://runpodboss.somebody.workers.dev");
  console.log("  schedule: */10 * * * *");
}`;

describe.concurrent("outside init", () => {
  it("makes a folder with a key and a token for its owner alone, and says what is next", async (test) => {
    const { made, inFolder, key } = await withFolder(test);

    for (const name of ["outside.key", "admin.token", "wrangler.jsonc"]) {
      expect(statSync(inFolder(name)).mode & 0o777).toBe(0o600);
    }
    expect(Buffer.from(key, "base64")).toHaveLength(32);
    expect(made.stdout).toContain(`"key_file": "${inFolder("outside.key")}"`);
    expect(made.stdout).not.toContain(key);
  });

  it("keeps all that people may have changed, and writes the Worker anew", async (test) => {
    const { outside, inFolder, key } = await withFolder(test);
    writeFileSync(inFolder("wrangler.jsonc"), "// mine");
    writeFileSync(inFolder("worker/worker.js"), "old");

    const again = await outside("init");

    expect(again).toMatchObject({ by: 0 });
    expect(again.stdout).toMatch(/Kept .*wrangler\.jsonc/);
    expect(readFileSync(inFolder("wrangler.jsonc"), "utf8")).toBe("// mine");
    expect(readFileSync(inFolder("outside.key"), "utf8").trim()).toBe(key);
    expect(readFileSync(inFolder("worker/worker.js"), "utf8")).toContain("AccountGuard");
  });
});

/** It refuses every connection, so that nothing leaves this machine. */
const noNetwork = { HTTPS_PROXY: "http://127.0.0.1:9" };

describe.concurrent("outside deploy", () => {
  it("hands the secrets to wrangler by standard input, and to nothing else", async (test) => {
    const { guard, dir, inFolder, key } = await withFolder(test);
    guard.program("wrangler", `${printsAddress}\nconsole.log(${JSON.stringify(webhook)});`);

    const args = ["outside", "deploy", "--dir", dir, "--config", guard.config];
    const ended = await guard.start(args, noNetwork).ended;

    const [deploy, secrets] = guard.calls("wrangler");
    const config = ["--config", inFolder("wrangler.jsonc")];
    expect(deploy).toMatchObject({ args: ["deploy", ...config], input: "" });
    expect(secrets).toMatchObject({ args: ["secret", "bulk", ...config] });
    const given = JSON.parse(secrets?.input ?? "") as Record<string, string>;
    expect(JSON.parse(given["RUNPODBOSS_ACCOUNT_MAIN"] ?? "")).toMatchObject({
      beatKey: key,
      apiKey,
      channels: [{ type: "slack", webhookUrl: webhook }],
    });
    expect(given["RUNPODBOSS_ADMIN_TOKEN"]).toBe(
      readFileSync(inFolder("admin.token"), "utf8").trim(),
    );
    expect(ended.stdout).toContain('"url": "https://runpodboss.somebody.workers.dev"');
    expect(ended.stdout).toContain("[redacted]");
    // Nobody is there to be told.
    expect(ended.by).toBe(2);
    expect(ended.stderr).toContain("could not be told its role (standby)");
    for (const secret of [key, webhook, apiKey]) {
      expect(ended.stdout + ended.stderr).not.toContain(secret);
    }
  });

  it("says what to type where wrangler is not installed", async (test) => {
    const { outside, dir, key } = await withFolder(test);

    const ended = await outside("deploy");

    expect(ended).toMatchObject({ by: 0 });
    expect(ended.stdout).toContain("npx wrangler login");
    expect(ended.stdout).toContain(`cd ${dir}\n`);
    expect(ended.stdout).toContain("npx wrangler deploy\n");
    expect(ended.stdout).toMatch(/outside deploy .*--secrets \| npx wrangler secret bulk\n/);
    expect(ended.stdout).toMatch(/The second of these prints its address[^]*outside init/);
    expect(ended.stdout + ended.stderr).not.toContain(key);
  });

  it("prints the secrets to a pipe, whole, with a RunPod key of its own where the config names one", async (test) => {
    const { guard, outside, inFolder, key } = await withFolder(test);
    guard.write("own.key", "rpa_reads_and_stops_and_nothing_else");
    guard.configure({
      outside: {
        url: "http://127.0.0.1:9",
        key_file: inFolder("outside.key"),
        api_key_file: join(guard.folder, "own.key"),
      },
    });

    const { stdout } = await outside("deploy", "--secrets");

    const { RUNPODBOSS_ACCOUNT_MAIN: text = "" } = JSON.parse(stdout) as Record<string, string>;
    expect(JSON.parse(text)).toMatchObject({
      beatKey: key,
      apiKey: "rpa_reads_and_stops_and_nothing_else",
    });
    expect(stdout).not.toContain(apiKey);
  });

  it("does not fall back to the account's key where its own is not there", async (test) => {
    const { guard, outside, inFolder } = await withFolder(test);
    guard.configure({
      outside: {
        url: "http://127.0.0.1:9",
        key_file: inFolder("outside.key"),
        api_key_file: join(guard.folder, "gone.key"),
      },
    });

    const ended = await outside("deploy", "--secrets");

    expect(ended).toMatchObject({ by: 2, stdout: "" });
    expect(ended.stderr).toMatch(/RunPod key for the guard outside is not there: .*gone\.key/);
  });

  it("refuses what is more than Cloudflare takes as one secret, and names what is long", async (test) => {
    const hooks = Array.from({ length: 3 }, (_, n) => ({
      type: "slack",
      name: `slack-${n}`,
      webhook_url: `https://hooks.example.net/${"x7".repeat(900)}${n}`,
    }));
    const { outside } = await withFolder(test, { config: { notify: hooks } });

    const ended = await outside("deploy", "--secrets");

    expect(ended).toMatchObject({ by: 2, stdout: "" });
    expect(ended.stderr).toMatch(/take \d+ bytes; Cloudflare takes at most 5000.*slack-0/);
  });

  it("says who is told by this machine and cannot be from there", async (test) => {
    const { outside } = await withFolder(test, {
      notify: "",
      config: {
        notify: [
          { type: "email", smtp_url: "smtps://a:b-secret@127.0.0.1:465", to: ["a@b.example"] },
        ],
      },
    });

    const { stderr } = await outside("deploy");

    expect(stderr).toContain("channel email: mail cannot be sent from there");
    expect(stderr).toContain("extra_notify_command: no program can be run there");
    expect(stderr).toContain("claude_command: no agent can be called there");
    expect(stderr).toContain("NOBODY is told anything from there");
  });
});
