import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  realpathSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { tempFolder } from "./temp-folder.ts";

const run = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

async function pack(...flags: readonly string[]): Promise<Packed> {
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", ...flags]);
  const [packed] = JSON.parse(stdout) as readonly Packed[];
  if (packed === undefined) throw new Error("npm packed nothing");
  return packed;
}

describe("the package", () => {
  let paths: readonly string[] = [];
  beforeAll(async () => {
    const { files } = await pack("--dry-run");
    paths = files.map(({ path }) => path);
  });

  it("holds what is run and read, and nothing else", () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        ".claude-plugin/marketplace.json",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "config.example.json",
        "config.example.triage.json",
        "config.schema.json",
        "dist/THIRD-PARTY-LICENSES.txt",
        "dist/cli.js",
        "src/start.cjs",
        "dist/log-writer.mjs",
        "dist/main.mjs",
        "dist/outside/worker.mjs",
        "dist/page/icon-192.png",
        "dist/page/index.html",
        "dist/page/manifest.webmanifest",
        "dist/page/page.js",
        "dist/page/style.css",
        "dist/runpodboss.1",
        "dist/simulator.mjs",
        "dist/stand-in-agent.mjs",
        "docs/demo.svg",
        "docs/monitoring/alerts.yml",
        "docs/monitoring/grafana-dashboard.json",
        "docs/monitoring/prometheus.yml",
        "docs/service.md",
        "package.json",
        "plugin/.claude-plugin/icon.png",
        "plugin/.claude-plugin/plugin.json",
        "plugin/.mcp.json",
        "plugin/README.md",
        "plugin/hooks/hooks.json",
        "plugin/skills/gpu-pods/SKILL.md",
        "systemd/runpodboss-outside.service",
        "systemd/runpodboss.service",
        "systemd/runpodboss@.service",
      ]),
    );
    const known =
      /^(?:[A-Z]+(?:\.md)?|(?:config|package|webhook)[a-z.]*\.json|dist\/[\w-]+\.(?:m?js|json|txt|1)|dist\/outside\/worker\.mjs|dist\/page\/[\w-]+\.(?:css|html|ico|js|png|svg|webmanifest)|docs\/[\w-]+\.(?:md|svg)|docs\/pictures\/[\w-]+\.png|docs\/monitoring\/[\w.-]+\.(?:yml|json)|(?:plugin\/)?\.claude-plugin\/(?:icon\.png|[a-z]+\.json)|plugin\/(?:\.mcp\.json|README\.md|hooks\/hooks\.json|skills\/[\w-]+\/SKILL\.md)|src\/start\.cjs|systemd\/[\w.@-]+)$/;
    expect(paths.filter((path) => !known.test(path))).toEqual([]);
  });

  it("names no place on the machine that built it", () => {
    const telling = paths.filter((path) => machinePathsIn(path).length > 0);

    expect(telling).toEqual([]);
  });

  it("installs into an empty folder with no network, and runs", async () => {
    const folder = tempFolder();
    const { filename } = await pack("--pack-destination", folder);
    const flags = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    const env = { ...process.env, HOME: folder, RUNPOD_API_KEY: "" };

    await run("npm", ["install", ...flags, join(folder, filename)], { cwd: folder });
    const version = await run("npx", ["--no", "--", "runpodboss", "--version"], { cwd: folder });
    const check = await run("node_modules/.bin/runpodboss", ["check"], { cwd: folder, env }).catch(
      (error: unknown) => error,
    );

    expect(version.stdout.trim()).toBe(packageJson().version);
    expect(check).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("runpodboss init"),
    });
    expect(statSync(join(folder, "node_modules/runpodboss/src/start.cjs")).mode & 0o111).toBe(
      0o111,
    );
  });

  it.each([
    ["the command", ["src/start.cjs", "status"]],
    ["the demo", ["src/start.cjs", "demo"]],
    ["its version", ["src/start.cjs", "--version"]],
  ])("that was never built says what to run: %s", async (_sentence, args) => {
    const folder = tempFolder();
    mkdirSync(join(folder, "src"));
    copyFileSync("src/start.cjs", join(folder, "src/start.cjs"));

    const ended = await run(process.execPath, args, { cwd: folder }).catch(
      (error: unknown) => error,
    );

    expect(ended).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(`cd ${realpathSync(folder)} && npm run build\n`),
    });
  });

  it("is started, also for the demo, by what can say that it is not built", () => {
    expect(packageJson()).toMatchObject({
      bin: { runpodboss: "src/start.cjs" },
      scripts: { demo: "node src/start.cjs demo" },
    });
  });

  it("needs no other package to run", () => {
    expect(packageJson()).not.toHaveProperty("dependencies");
  });
});

describe("the files of the repository", () => {
  it("lock the packages, not where they came from", () => {
    expect(readFileSync("package-lock.json", "utf8")).not.toMatch(/https?:/);
  });

  // Where a registry lacks a package for another machine, npm leaves it out, and `npm ci` then fails.
  it("lock what every kind of machine needs", () => {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile;

    const missing = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`${at}/node_modules/${name}` in packages || `node_modules/${name}` in packages),
      ),
    );

    expect(missing).toEqual([]);
  });

  it("name no place on a machine and no package registry", async () => {
    const { stdout: listed } = await run("git", [
      "ls-files",
      "--cached",
      "--others",
      "--exclude-standard",
    ]);
    const { stdout: registry } = await run("npm", ["config", "get", "registry"]);
    const { host } = new URL(registry.trim());

    const paths = listed.split("\n").filter((path) => statSync(path, quietly)?.isFile());
    const telling = paths.flatMap((path) => [
      ...machinePathsIn(path).map((found) => `${path}: ${found}`),
      ...(readFileSync(path, "utf8").includes(host) ? [`${path}: ${host}`] : []),
    ]);

    expect(paths).toContain("package.json");
    expect(telling).toEqual([]);
  });
});

const quietly = { throwIfNoEntry: false } as const;

function packageJson(): { readonly version: string } {
  return JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
}

/** Folders that a file should not know of; tests may make up people's homes. */
function machinePathsIn(path: string): readonly string[] {
  const names = ["work", "root", ...(path.startsWith("test/") ? [] : ["home"])];
  const places = new RegExp(`(?<![\\w.~}*/-])/(?:${names.join("|")})/[\\w.-]+`, "g");
  return readFileSync(path, "utf8").match(places) ?? [];
}

it("only the demo reads the simulated RunPod: no other command carries its GraphQL server", () => {
  const dist = join(import.meta.dirname, "../dist");
  const carrying = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter(
    (name) =>
      statSync(join(dist, name)).isFile() &&
      readFileSync(join(dist, name), "utf8").includes("graphqlSync"),
  );

  expect(carrying).toEqual(["simulator.mjs"]);
});
