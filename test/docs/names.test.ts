import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultPaths } from "#config/paths.ts";
import { exitCodes } from "#errors.ts";
import { eventNames } from "#guard/model/effect.ts";
import { recordTypes } from "#guard/model/run.ts";
import { createProgram } from "#program.ts";
import {
  channelsFileOf,
  drillFileOf,
  historyFileOf,
  leaseFileOf,
  runsFileOf,
  samplesFileOf,
} from "#store/paths.ts";
import { render, someCommands } from "#template/render.ts";
import type { Context } from "#terminal/context.ts";
import { commands, globalOptions } from "../../docs/scripts/command-tree.ts";
import { rowsOf, sectionOf } from "../../docs/scripts/markdown.ts";
import {
  blocksOf,
  type Document,
  documents,
  forContributors,
  inlineCode,
  ofPlugin,
  textOf,
} from "./documents.ts";

const all = [...documents, ...forContributors, ...ofPlugin, await agentGuide()];
const everything = documents.map(({ text }) => text).join("\n");
const source = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.startsWith("simulator"))
  .map((path) => readFileSync(join("src", path), "utf8"))
  .join("\n");

/** The names in the first column of the first table under a heading. */
function namesUnder(path: string, heading: string): readonly string[] {
  const rows = rowsOf(sectionOf(textOf(path), heading));
  return rows.flatMap(([name = ""]) => inlineCode(name));
}

function withoutComments(code: string): string {
  return code.replaceAll(/(?:^|\s)#.*$/gm, "");
}

function optionsOf(terms: readonly { readonly term: string }[]): readonly string[] {
  return terms.flatMap(({ term }) => term.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? []);
}

const global = optionsOf(globalOptions);
/** By the first word: `notify test` is called by `notify`. Of a group, those of all. */
const known = new Map<string, ReadonlySet<string>>();
for (const { name, parts } of commands) {
  const [word = ""] = name.split(" ", 1);
  known.set(word, new Set([...(known.get(word) ?? []), ...optionsOf(parts), ...global]));
}

async function agentGuide(): Promise<Document> {
  let text = "";
  const context = { printData: (printed: string) => (text += printed) } as unknown as Context;
  await createProgram(context, () => undefined).parseAsync(["agent-guide"], { from: "user" });
  return { path: "the agent guide", text };
}

describe("what the documents name", () => {
  const calls = all.flatMap(({ path, text }) =>
    [...blocksOf(text, "sh").map(withoutComments), ...inlineCode(text)].flatMap((code) =>
      [
        ...code.matchAll(
          /(?<![\w/.-])runpodboss (?!runpodboss)([a-z]+(?:-[a-z]+)*)\b([^|;&'"\n]*)/g,
        ),
      ].map(([, command = "", rest = ""]) => ({ path, command, rest: rest.trim() })),
    ),
  );

  it.each(calls)("is a call that works: runpodboss $command $rest, in $path", (call) => {
    const { command, rest } = call;
    const named = rest.split(" ").filter((word) => word.startsWith("-"));

    expect([...known.keys()]).toContain(command);
    expect(named.filter((option) => known.get(command)?.has(option) !== true)).toEqual([]);
  });

  it("are options that exist", () => {
    const others = ["--prefix", "--init"];
    const ours = new Set([...global, ...[...known.values()].flatMap((each) => [...each])]);
    const named = all
      .filter(({ path }) => path !== "docs/triage.md")
      .flatMap(({ text }) => inlineCode(text).flatMap((code) => code.match(/^--[a-z-]+/g) ?? []));

    expect(named.filter((option) => !ours.has(option) && !others.includes(option))).toEqual([]);
  });

  it("are placeholders that are filled in, and all of these", () => {
    const filledIn = [...readFileSync("src/template/render.ts", "utf8").matchAll(/case "(\w+)":/g)];
    const names = filledIn.map(([, name = ""]) => name);
    const documented = namesUnder("docs/config.md", "Placeholders");
    const values = {
      balanceUsd: 1,
      belowUsd: 2,
      name: "warning",
      podsJson: "[]",
      message: "hello",
      podId: "a1",
      podName: "trainer",
      reason: "idle_30m",
      ...someCommands,
    };

    expect(documented.filter((each) => render(each, values).filled !== 1)).toEqual([]);
    expect([...new Set(documented.map((each) => /\w+/.exec(each)?.[0]))]).toEqual(names);
  });

  it("are environment variables that exist, and all of these", () => {
    const pattern =
      /\b(?:RUNPOD(?:BOSS)?_[A-Z_]+|CLAUDE(?:CODE|_CODE_[A-Z_]+)|API_TIMEOUT_MS|DISABLE_AUTOUPDATER|NO_COLOR|NOTIFY_SOCKET|WATCHDOG_(?:USEC|PID))\b/g;
    const inSource = new Set(source.match(pattern));
    const inDocuments = new Set(everything.match(pattern));

    expect([...inDocuments].toSorted()).toEqual([...inSource].toSorted());
  });

  it("are exit codes, and all of these", () => {
    const documented = namesUnder("docs/commands.md", "Exit codes");

    const codes = [...new Set(Object.values(exitCodes))].toSorted((a, b) => a - b);
    expect(documented.map(Number)).toEqual(codes);
  });

  it("are the events of notifications, and all of these", () => {
    const tables = sectionOf(textOf("docs/notifications.md"), "What the command is given");
    const [, table = ""] = tables.split(/^(?=\| `RUNPODBOSS_EVENT` +\| Sent)/m);
    const documented = rowsOf(table).flatMap(([name = ""]) => inlineCode(name));

    expect(documented.toSorted()).toEqual([...eventNames].toSorted());
  });

  it("are the events of the history, and all of these", () => {
    const documented = namesUnder("docs/history.md", "An event");

    expect(documented.toSorted()).toEqual([...recordTypes].toSorted());
  });

  it("are the files beside the state, and all of these", () => {
    const state = defaultPaths.state;
    const beside = [
      runsFileOf,
      historyFileOf,
      samplesFileOf,
      leaseFileOf,
      drillFileOf,
      channelsFileOf,
    ];
    const paths = beside.map((of) => of(state));
    const files = [state, defaultPaths.log, ...paths];

    expect(
      namesUnder("docs/history.md", "Files").map((name) => join(dirname(state), name)),
    ).toEqual(expect.arrayContaining(files));
    expect(namesUnder("docs/history.md", "Files")).toHaveLength(files.length);
  });

  const places = new Set(readdirSync(".").filter((name) => name !== "node_modules"));
  const paths = all.flatMap(({ path, text }) =>
    inlineCode(text)
      .filter(
        (code) => /^[\w.-]+(?:\/[\w.-]*)*$/.test(code) && places.has(code.split("/")[0] ?? ""),
      )
      .map((file) => [file, path] as const),
  );

  it.each(paths)("is a file or folder that is there: %s, in %s", (file) => {
    expect(existsSync(file)).toBe(true);
  });

  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = all.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm run ([a-z\d:]+)/g)].map(([, script = ""]) => [script, path] as const),
  );

  it.each(named)("is a script of the package: npm run %s, in %s", (script) => {
    expect(Object.keys(scripts)).toContain(script);
  });
});

describe("the help", () => {
  const program = createProgram({} as Context, () => undefined);

  it.each(program.commands.map((command) => [command.name(), command] as const))(
    "of %s says what it does and what each option means",
    (_name, command) => {
      expect(command.description()).not.toBe("");
      expect(command.options.filter(({ description }) => description === "")).toEqual([]);
    },
  );
});
