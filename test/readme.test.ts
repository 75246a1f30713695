import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configSchema } from "#config/schema.ts";
import { eventNames } from "#guard/model/effect.ts";
import { createProgram } from "#program.ts";
import type { Context } from "#terminal/context.ts";

const readme = readFileSync("README.md", "utf8");
const config = configSchema.shape;
const threshold = config.thresholds.element.shape;
const guards = config.guards.unwrap().shape;
const idle = guards.idle.unwrap().unwrap().shape;
const lease = guards.lease.unwrap().unwrap().shape;
const hardTimeout = guards.hard_timeout.unwrap().unwrap().shape;
const activityMetric = idle.activity_metrics.unwrap().element.shape;
const program = createProgram({} as Context, () => undefined);
const commands = program
  .createHelp()
  .visibleCommands(program)
  .filter((command) => command.name() !== "help");
const options = [program, ...commands].flatMap((command) =>
  command.options.flatMap(({ short, long }) => [short, long].filter((each) => each !== undefined)),
);

/** The first cells of the rows under a heading that hold one name in backquotes. */
function tableUnder(heading: string, until: string): readonly string[] {
  const [, part = ""] = readme.split(heading);
  const [table = ""] = part.split(until);
  return [...table.matchAll(/^\| `([$a-z_]+)` +\|/gm)].map(([, name = ""]) => name);
}

describe("the README", () => {
  it("has every key of the config and no other", () => {
    const keys = tableUnder("## Config\n", "Each entry of `thresholds`");

    expect(keys.toSorted()).toEqual(Object.keys(config).toSorted());
  });

  it("has every key of a threshold and no other", () => {
    const keys = tableUnder("Each entry of `thresholds`", "Each part of `guards`");

    expect(keys.toSorted()).toEqual(Object.keys(threshold).toSorted());
  });

  it.each([
    ["the guards", "Each part of `guards`", "The keys of `idle`", guards],
    ["idle", "The keys of `idle`", "The keys of `lease`", idle],
    ["lease", "The keys of `lease`", "The keys of `hard_timeout`", lease],
    ["hard_timeout", "The keys of `hard_timeout`", "An entry of `activity_metrics`", hardTimeout],
    ["a metric", "An entry of `activity_metrics`", "### Placeholders", activityMetric],
  ])("has every key of %s and no other", (_sentence, heading, until, shape) => {
    const keys = tableUnder(heading, until);

    expect(keys.toSorted()).toEqual(Object.keys(shape).toSorted());
  });

  it("has every command and no other", () => {
    const [, part = ""] = readme.split("## Commands\n");
    const [table = ""] = part.split("## Config\n");
    const named = [...table.matchAll(/^\| `runpodboss (\w+)/gm)].map(([, name = ""]) => name);

    expect(named.toSorted()).toEqual(commands.map((each) => each.name()).toSorted());
  });

  it.each(options)("has the option %s", (option) => {
    expect(readme).toMatch(new RegExp(`\`[^\`\n]*${option}\\b`));
  });

  it("names no option that does not exist", () => {
    const [, part = ""] = readme.split("## Commands\n");
    const [table = ""] = part.split("## Config\n");
    const named = [...table.matchAll(/`(--[a-z-]+)/g)].map(([, name = ""]) => name);

    expect(named.filter((name) => !["--help", ...options].includes(name))).toEqual([]);
  });

  it.each(eventNames)("has the event %s", (event) => {
    expect(readme).toContain(`\`${event}\``);
  });

  it.each([...readme.matchAll(/`(npm run [a-z:]+)`/g)].map(([, script = ""]) => script))(
    "tells only of scripts that exist: %s",
    (script) => {
      const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
        scripts: Record<string, string>;
      };

      expect(Object.keys(scripts)).toContain(script.replace("npm run ", ""));
    },
  );
});

describe("the help", () => {
  it.each(program.commands.map((command) => [command.name(), command] as const))(
    "of %s says what it does and what each option means",
    (_name, command) => {
      expect(command.description()).not.toBe("");
      expect(command.options.filter(({ description }) => description === "")).toEqual([]);
    },
  );
});
