import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { accountOf, configOfAccount, usualPlacesOf } from "#config/accounts/account.ts";
import { listAccounts } from "#config/accounts/listed.ts";
import { commandFor, namingConfig } from "#config/command-for.ts";
import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import { glimpseOf } from "#config/reading/lenient.ts";
import type { Settings } from "#config/settings.ts";
import { exitCodes, UserError } from "#errors.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../../temp-folder.ts";

let home = "";
beforeEach(() => {
  home = tempFolder();
  vi.stubEnv("HOME", home);
  return () => vi.unstubAllEnvs();
});

const least = { thresholds: [{ name: "low", below_usd: 1, prompt: "stop" }] };

function write(path: string, text: string | object): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  const content = typeof text === "string" ? text : JSON.stringify(text);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

function load(path: string, env: NodeJS.ProcessEnv = {}): Promise<Settings> {
  return loadConfig(path, { HOME: home, ...env }, realPaces);
}

const folder = ".runpodboss/accounts";
const names = ["lab", "a", "0", "prod-2", "a--b", "x".repeat(40)];
const otherNames = [
  ["empty", ""],
  ["too long", "x".repeat(41)],
  ["with a dash before it", "-lab"],
  ["with a dash behind it", "lab-"],
  ["with a capital", "Lab"],
  ["with a dot", "lab.old"],
  ["with an underscore", "my_lab"],
  ["with a space", "my lab"],
  ["with a line end", "lab\n"],
  ["with letters of other languages", "søren"],
  ["that leads elsewhere", ".."],
  ["that is a path", "../lab"],
  ["that is the name of the plain config", "main"],
] as const;

describe("the name of an account", () => {
  it.each(names)("may be %s", (name) => {
    const path = join(home, folder, `${name}.json`);

    expect(configOfAccount(name)).toBe(path);
    expect(accountOf(path)).toBe(name);
  });

  it.each(otherNames)("may be none that is %s", (_sentence, name) => {
    const refused = expect.objectContaining({ exitCode: exitCodes.refused });

    expect(() => configOfAccount(name)).toThrow(UserError);
    expect(() => configOfAccount(name)).toThrow(refused);
  });

  it.each(otherNames.filter(([, name]) => !name.includes("/") && name !== ".."))(
    "is none of a config in that folder that is %s: nothing of it is read",
    async (_sentence, name) => {
      const path = write(`${folder}/${name}.json`, { ...least, api_key: "rpa_0123456789" });

      await expect(load(path)).rejects.toThrow(/is named like no account/);
      await expect(glimpseOf(path)).rejects.toThrow(/is named like no account/);
    },
  );

  it("has .json behind it", () => {
    expect(() => accountOf(join(home, folder, "lab.jsonc"))).toThrow(/does not end in \.json/);
  });
});

describe("the files of an account", () => {
  it("stand in a folder of its own, and no other config's do", async () => {
    write(`${folder}/lab/key`, "rpa_of_the_lab");
    const settings = await load(write(`${folder}/lab.json`, least));

    expect(settings).toMatchObject({
      stateFile: join(home, folder, "lab/state.json"),
      logFile: join(home, folder, "lab/runpodboss.log"),
      apiKey: "rpa_of_the_lab",
    });
    expect((await glimpseOf(settings.configPath)).stateFile).toBe(settings.stateFile);
  });

  it("are where its config says, if it says so", async () => {
    const config = { ...least, state_file: "/s.json", log_file: "/l.log", api_key: "rpa_0123456" };

    expect(await load(write(`${folder}/lab.json`, config))).toMatchObject({
      stateFile: "/s.json",
      logFile: "/l.log",
    });
  });

  it.each([".runpodboss/config.json", ".runpodboss/lab.json", "lab.json", `${folder}/lab/x.json`])(
    "are no matter of %s: its own are where they always were",
    async (path) => {
      const settings = await load(write(path, { ...least, api_key: "rpa_0123456" }));

      expect(settings).toMatchObject({
        stateFile: join(home, ".runpodboss/state.json"),
        logFile: join(home, ".runpodboss/runpodboss.log"),
      });
      expect(usualPlacesOf(join(home, path))).toMatchObject({
        env: "~/.runpodboss/env",
        key: "~/.runpodboss/key",
      });
    },
  );

  it.each([
    ["state_file", "~/.runpodboss/state.json", "~/.runpodboss/config.json"],
    ["log_file", "~/.runpodboss/runpodboss.log", "~/.runpodboss/config.json"],
    ["state_file", `~/${folder}/prod/state.json`, "another account"],
    ["log_file", `~/${folder}/prod/any.log`, "another account"],
  ])("are none of another's, as in a config that was copied: %s %s", async (key, file, whose) => {
    const path = write(`${folder}/lab.json`, { ...least, api_key: "rpa_0123456", [key]: file });

    await expect(load(path)).rejects.toThrow(`${key}  is the file of ${whose}; take this key away`);
  });

  it("are none of what its config may name for another", async () => {
    write(`${folder}/lab/key`, "rpa_of_the_lab");
    const path = write(`${folder}/lab.json`, { ...least, state_file: `~/${folder}/lab/key` });

    await expect(load(path)).rejects.toThrow(/state_file +must name a file of its own/);
  });
});

describe("the key of an account", () => {
  const shell = { RUNPOD_API_KEY: "rpa_of_the_shell", LAB_KEY: "rpa_of_the_variable" };

  it.each<[string, object, Readonly<Record<string, string>>, string]>([
    ["api_key before all", { api_key: "rpa_itself" }, { key: "rpa_own" }, "rpa_itself"],
    ["its file key", {}, { key: "rpa_own\n", env: "RUNPOD_API_KEY=rpa_env" }, "rpa_own"],
    ["its file key before a variable", { api_key_env: "LAB_KEY" }, { key: "rpa_own" }, "rpa_own"],
    ["its file env", {}, { env: "RUNPOD_API_KEY=rpa_env" }, "rpa_env"],
    [
      "its file env before what the shell has by that name",
      { api_key_env: "LAB_KEY" },
      { env: "LAB_KEY=rpa_env" },
      "rpa_env",
    ],
    ["a variable that it names", { api_key_env: "LAB_KEY" }, {}, "rpa_of_the_variable"],
  ])("is %s", async (_sentence, config, files, expected) => {
    for (const [name, text] of Object.entries(files)) write(`${folder}/lab/${name}`, text);

    const settings = await load(write(`${folder}/lab.json`, { ...least, ...config }), shell);

    expect(settings).toMatchObject({ apiKey: expected, warnings: [] });
  });

  it("is never the one of the shell or of the plain config, which may be another account's", async () => {
    write(".runpodboss/env", "RUNPOD_API_KEY=rpa_of_the_plain_config");
    write(".runpodboss/key", "rpa_of_the_plain_config");
    const path = write(`${folder}/lab.json`, least);

    await expect(load(path, shell)).rejects.toThrow(
      /api_key {2}not found: put it into ~\/\.runpodboss\/accounts\/lab\/key/,
    );
  });

  it("that is the plain config's, as in a config that was copied, is warned of", async () => {
    write(".runpodboss/key", "rpa_of_the_plain_config");
    const config = { ...least, api_key_file: "~/.runpodboss/key" };

    const { warnings } = await load(write(`${folder}/lab.json`, config));

    expect(warnings).toEqual([expect.stringContaining("two guards of one account both act")]);
    expect((await load(write(".runpodboss/config.json", config))).warnings).toEqual([]);
  });

  it.each([
    ["key", "with space", "~/.runpodboss/accounts/lab/key  has spaces"],
    ["key", "", "~/.runpodboss/accounts/lab/key  is empty"],
    ["env", "RUNPOD_API_KEY='a b'", "RUNPOD_API_KEY in ~/.runpodboss/accounts/lab/env  has spaces"],
  ])("that is none in its file %s is said to be so: %j", async (file, text, words) => {
    write(`${folder}/lab/${file}`, text);

    await expect(load(write(`${folder}/lab.json`, least), shell)).rejects.toThrow(words);
  });

  it("goes with the secrets of channels: its file env stands before the shell", async () => {
    write(`${folder}/lab/env`, "RUNPOD_API_KEY=rpa_env\nTOPIC=https://ntfy.sh/of-the-lab");
    const notify = [{ type: "ntfy", url_env: "TOPIC" }];
    const path = write(`${folder}/lab.json`, { ...least, notify });

    const { channels } = await load(path, { TOPIC: "https://ntfy.sh/of-the-shell" });

    expect(JSON.stringify(channels)).toContain("of-the-lab");
    expect(JSON.stringify(channels)).not.toContain("of-the-shell");
  });

  it("are looked for in its own file env, here, and in the file of all: what is not there is said with all of them", async () => {
    const notify = [{ type: "ntfy", url_env: "TOPIC" }];
    const path = write(`${folder}/lab.json`, { ...least, api_key: "rpa_of_the_lab", notify });

    await expect(load(path)).rejects.toThrow(
      "the variable TOPIC is not set, neither in ~/.runpodboss/accounts/lab/env nor here nor in ~/.runpodboss/env",
    );

    mkdirSync(join(home, folder, "lab/env"), { recursive: true });
    await expect(load(path)).rejects.toThrow(
      /TOPIC is not set, neither in ~\/.runpodboss\/accounts\/lab\/env, which cannot be read: .+ nor here nor in/,
    );
  });
});

describe("the accounts of this machine", () => {
  it("are the plain config and those in the folder, in order", async () => {
    for (const name of ["prod", "lab", ".hidden", "Odd"]) write(`${folder}/${name}.json`, "{}");
    write(`${folder}/lab/state.json`, "{}");
    write(`${folder}/notes.txt`, "");
    write(".runpodboss/config.json", "{}");

    const { accounts, because } = await listAccounts();

    expect(because).toBeUndefined();
    expect(accounts.map(({ name }) => name)).toEqual(["main", "Odd", "lab", "prod"]);
    expect(accounts[0]?.configPath).toBe(join(home, ".runpodboss/config.json"));
  });

  it("are not the files that stand beside a config by its name: a state file, a copy", async () => {
    for (const name of ["lab", "lab.state", "lab.state.runs", "lab.old", "odd.old"]) {
      write(`${folder}/${name}.json`, "{}");
    }

    const { accounts } = await listAccounts();

    expect(accounts.map(({ name }) => name)).toEqual(["lab", "odd.old"]);
  });

  it("are none where nothing was set up", async () => {
    expect(await listAccounts()).toEqual({ accounts: [], because: undefined });
  });

  it("are not known where their folder is none: the plain config is there all the same", async () => {
    write(".runpodboss/config.json", "{}");
    write(folder, "");

    const { accounts, because } = await listAccounts();

    expect(accounts.map(({ name }) => name)).toEqual(["main"]);
    expect(because).toContain("ENOTDIR");
  });
});

it("what to type for the config in the usual place names none, also where its path is not expanded", () => {
  expect(commandFor("~/.runpodboss/config.json")).toBe("runpodboss");
  expect(commandFor("~/other.json")).toBe(`runpodboss -c ${join(home, "other.json")}`);
});

it("what to type for an account names it", () => {
  expect(commandFor(join(home, folder, "lab.json"))).toBe("runpodboss --account lab");
});

it("the commands of the guards of an account, which messages tell to type, name it", async () => {
  const path = write(`${folder}/lab.json`, { ...least, api_key: "rpa_of_the_lab" });

  const { podGuards } = policyOf(await load(path), realPaces);

  expect(podGuards.command).toBe("runpodboss --account lab");
});

describe("words that tell what to type", () => {
  const commands = ["check", "stop"];
  const naming = (words: string, path: string) => namingConfig(words, commands, join(home, path));

  it.each([
    ["Then try: runpodboss check", "Then try: runpodboss --account lab check"],
    [
      "runpodboss stop POD, runpodboss check",
      "runpodboss --account lab stop POD, runpodboss --account lab check",
    ],
    ["runpodboss --account lab check", "runpodboss --account lab check"],
    ["runpodboss stopped 2 runs", "runpodboss stopped 2 runs"],
  ])("name the account in each command: %s", (words, named) => {
    expect(naming(words, `${folder}/lab.json`)).toBe(named);
  });

  it("name a config elsewhere, and not the one that is taken anyhow", () => {
    expect(naming("runpodboss check", "my $& boss.json")).toContain(`/my $& boss.json' check`);
    expect(naming("runpodboss check", ".runpodboss/config.json")).toBe("runpodboss check");
  });
});
