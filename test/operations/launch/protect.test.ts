import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createClock } from "#clock.ts";
import { inForceOf } from "#config/in-force.ts";
import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import { emptyState } from "#guard/model/state.ts";
import { type ProtectDeps, protectByName } from "#operations/launch/protect.ts";
import { identityOf } from "#process/identity.ts";
import { takePidLock } from "#store/lock/pid-lock.ts";
import { shortPaces } from "../../short-paces.ts";
import { saveState } from "../../store/saved-state.ts";
import { tempFolder } from "../../temp-folder.ts";

const name = "train-rbabcd2345";
const paces = { ...shortPaces, reloadLimitMs: 5_000 };
const usual = `{
  // Read by a person.
  "api_key": "a-key-for-tests",
  "protect": ["db-*"], // kept
  "thresholds": [{ "name": "low", "below_usd": 5, "prompt": "x" }]
}
`;

interface World {
  readonly path: string;
  readonly text: () => string;
  /** How often the daemon was told to read its config again. */
  readonly reloads: () => number;
  readonly protect: (
    changes?: Partial<ProtectDeps>,
    called?: string,
  ) => ReturnType<typeof protectByName>;
}

type Daemon = "reloads" | "refuses" | "none";

/** A config, and a daemon that has it in force once it is told to. */
async function world(text = usual, daemon: Daemon = "reloads"): Promise<World> {
  const folder = tempFolder();
  const path = join(folder, "config.json");
  const state = { state_file: join(folder, "state.json"), log_file: join(folder, "guard.log") };
  fs.writeFileSync(path, text.replace("{", `{ ${JSON.stringify(state).slice(1, -1)},`), {
    mode: 0o600,
  });
  const load = () => loadConfig(path, {}, paces);
  if (daemon !== "none") {
    const lock = await takePidLock(state.state_file, identityOf, {
      paces: { beatMs: 1_000, staleAfterMs: 8_000 },
    });
    onTestFinished(() => lock.release());
  }
  let reloads = 0;
  let done: Promise<unknown> = Promise.resolve();
  const putInForce = async (): Promise<void> => {
    const settings = await load();
    const by = { pid: process.pid, sinceMs: Date.now(), timeZone: "UTC" };
    const inForce = inForceOf(settings, policyOf(settings, paces), by);
    await saveState(folder, { ...emptyState, inForce });
  };
  onTestFinished(() => done.then(() => undefined));
  const settings = await load();
  await putInForce();
  return {
    path,
    text: () => fs.readFileSync(path, "utf8"),
    reloads: () => reloads,
    protect: (changes, called = name) =>
      protectByName(
        called,
        { settings },
        {
          env: {},
          paces,
          clock: createClock(),
          signal: new AbortController().signal,
          reload() {
            reloads += 1;
            if (daemon === "reloads") done = done.then(putInForce);
          },
          ...changes,
        },
      ),
  };
}

describe("--protect", () => {
  it("writes the exact name into the config, keeps all else, and waits until the daemon has it", async () => {
    const { path, text, reloads, protect } = await world();
    const before = text();

    const { words } = await protect();

    expect(text()).toBe(before.replace(`["db-*"]`, `["db-*", "${name}"]`));
    expect(text()).toContain("// kept");
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(reloads()).toBe(1);
    expect(words).toBe(
      `${name} was written into protect in ${path}, and the daemon (pid ${process.pid}) has it in force.`,
    );
  });

  it("begins the list where there is none", async () => {
    const { text, protect } = await world(usual.replace(/.*"protect".*\n/, ""));

    await protect();

    expect(text()).toMatch(new RegExp(`"protect": \\[\\s*"${name}"\\s*\\]`));
  });

  it("takes out what it put in, to the letter, and tells the daemon", async () => {
    const { text, reloads, protect } = await world();
    const before = text();
    const { takeBack } = await protect();

    const words = await takeBack();

    expect(words).toBe("protect in the config is as it was.");
    expect(text()).toBe(before);
    expect(reloads()).toBe(2);
  });

  it("takes out only its own where somebody has changed the config since", async () => {
    const { path, text, protect } = await world();
    const { takeBack } = await protect();
    fs.writeFileSync(path, text().replace(`"${name}"]`, `"${name}", "mine"]`));

    await takeBack();

    expect(text()).toContain(`"protect": ["db-*", "mine"], // kept`);
  });

  it("says what still stands there where it cannot be taken out", async () => {
    const { path, protect } = await world();
    const { takeBack } = await protect();
    fs.writeFileSync(path, "{ no config");

    expect(await takeBack()).toMatch(/^It still stands in protect, take it out by hand: /);
  });

  it("writes nothing where the name is covered already", async () => {
    const { path, text, reloads, protect } = await world();
    const before = text();

    const { words, takeBack } = await protect({}, "db-main-rbabcd2345");
    await takeBack();

    expect(words).toBe(`protect in ${path} covers db-main-rbabcd2345 already.`);
    expect([text(), reloads()]).toEqual([before, 0]);
  });

  it("two at once lose neither name", async () => {
    const { text, protect } = await world();

    await Promise.all([protect({}, "one-rbabcd2345"), protect({}, "two-rbabcd2345")]);

    expect(text()).toContain(`"one-rbabcd2345"`);
    expect(text()).toContain(`"two-rbabcd2345"`);
  });
});

describe("--protect is refused, and the config is as it was,", () => {
  it.each<[string, Partial<ProtectDeps>, string, RegExp]>([
    ["of the daemon's agent", { env: { RUNPODBOSS_FOLDER: "/x" } }, name, /^An agent cannot/],
    ["of an agent's session", { env: { CLAUDECODE: "1" } }, name, /^An agent cannot/],
    ["for a wildcard", {}, "train-*", /^"train-\*" cannot be protected/],
    ["for what cannot be seen", {}, "tr\u200bain", /cannot be protected/],
  ])("%s", async (_sentence, changes, called, words) => {
    const { text, reloads, protect } = await world();
    const before = text();

    await expect(protect(changes, called)).rejects.toThrow(words);

    expect([text(), reloads()]).toEqual([before, 0]);
  });

  it.each<[string, Daemon, RegExp]>([
    [
      "where no daemon runs",
      "none",
      /is not protected: no daemon runs here .* Nothing was started\. protect in the config is as it was/,
    ],
    [
      "where the daemon does not take it",
      "refuses",
      /is not protected: the daemon \(pid \d+\) did not have it in force within 0\.3 s; .* as it was\.$/,
    ],
  ])("%s", async (_sentence, daemon, words) => {
    const { text, protect } = await world(usual, daemon);
    const before = text();

    await expect(protect({ paces: { ...paces, reloadLimitMs: 300 } })).rejects.toThrow(words);

    expect(text()).toBe(before);
  });

  it("where it cannot be told", async () => {
    const { text, protect } = await world();
    const before = text();
    const reload = (): void => {
      throw new Error("EPERM");
    };

    await expect(protect({ reload })).rejects.toThrow(/could not be told: EPERM/);

    expect(text()).toBe(before);
  });

  it("where the config is none by now", async () => {
    const { path, text, reloads, protect } = await world();
    fs.writeFileSync(path, "{ no config");

    await expect(protect()).rejects.toThrow(/^protect in .* could not be changed: /);

    expect([text(), reloads()]).toEqual(["{ no config", 0]);
  });

  it("where the config cannot be written", async () => {
    const { path, protect } = await world();
    fs.rmSync(path);
    fs.mkdirSync(path);

    await expect(protect()).rejects.toThrow(/^protect in .* could not be changed: /);
  });
});
