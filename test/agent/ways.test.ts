import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { rulesFor } from "#agent/rules.ts";
import type { Runpodctl } from "#agent/runpodctl.ts";
import { type AgentTools, fitsRule, ownWay, waysOf } from "#agent/ways.ts";
import { pod } from "../guard/samples.ts";

const missing: Runpodctl = { kind: "missing" };
const unknown: Runpodctl = { kind: "unknown", because: "it hung" };

function toolsWith(runpodctl: Runpodctl, cli = "/opt/cli.js"): AgentTools {
  const program = { argv: ["/usr/bin/node", cli], folder: undefined };
  return { program, configPath: "/home/me/config.json", runpodctl };
}

function found(...version: [number, number, number]): Runpodctl {
  return { kind: "found", version };
}

/** What an agent may run for a pod that runs and one that has stopped, without our own commands' start. */
function mayRun(tools: AgentTools, mayTerminate = false): readonly string[] {
  const pods = [pod({ id: "runs" }), pod({ id: "off", status: "stopped" })];
  const { text } = rulesFor(pods, [], waysOf(tools, mayTerminate));
  return text === ""
    ? []
    : text.split(",").map((rule) => rule.slice(5, -1).replace("/usr/bin/node /opt/cli.js", "OWN"));
}

const config = "--config /home/me/config.json";
const own = [`OWN status --json ${config}`, `OWN stop runs --exact -y ${config}`];

describe("an agent may run the verbs of the runpodctl that is there, and no others", () => {
  it.each<[string, Runpodctl, readonly string[]]>([
    [
      "1.14.3",
      found(1, 14, 3),
      ["runpodctl get pod", "stop pod runs", "remove pod runs", "remove pod off"],
    ],
    [
      "2.0.1, which lists all pods anyway",
      found(2, 0, 1),
      ["runpodctl pod list", "pod stop runs", "pod delete runs", "pod delete off"],
    ],
    [
      "2.15.0",
      found(2, 15, 0),
      [
        "runpodctl pod list",
        "runpodctl pod list --all",
        "pod stop runs",
        "pod delete runs",
        "pod delete off",
      ],
    ],
    ["one that is missing", missing, []],
    ["one of an unknown version: none", unknown, []],
  ])("%s", (_sentence, runpodctl, theirs) => {
    const looks = theirs.filter((each) => each.startsWith("runpodctl"));
    const ends = theirs.filter((each) => !looks.includes(each)).map((each) => `runpodctl ${each}`);

    expect(mayRun(toolsWith(runpodctl))).toEqual([own[0], ...looks, own[1], ...ends]);
  });

  it("where our own cannot be given, the stop of an unknown one in both spellings, and no delete", () => {
    expect(mayRun(toolsWith(unknown, "/opt/(x)/cli.js"))).toEqual([
      "runpodctl pod list",
      "runpodctl get pod",
      "runpodctl pod stop runs",
      "runpodctl stop pod runs",
    ]);
  });

  it("nothing where there is no way at all", () => {
    expect(mayRun(toolsWith(missing, "/opt/(x)/cli.js"))).toEqual([]);
  });
});

it("our own terminate is only given where it is wanted, and for stopped pods too", () => {
  expect(mayRun(toolsWith(missing)).join()).not.toContain("terminate");
  expect(mayRun(toolsWith(missing), true).slice(2)).toEqual([
    `OWN terminate runs --exact -y ${config}`,
    `OWN terminate off --exact -y ${config}`,
  ]);
});

it("a cluster gets no rule: it ends as a whole, and never by an agent", () => {
  const cluster = pod({ id: "c1", cluster: { members: [] } });

  expect(rulesFor([cluster], [], waysOf(toolsWith(missing), true)).text).not.toContain("c1");
});

describe("paths in a rule", () => {
  const fine = ["my dir", "a,b", "it's", "a:b", "~x", "#1", "a & b; c", "@scope", "ümlaut"];
  const odd = [
    "(x)",
    "a*b",
    "a:*",
    "$(id)",
    "$HOME",
    "a`b",
    'a"b',
    "a\\b",
    "a\nb",
    "a?b",
    "\u202Ea",
  ];

  it.each(fine)("%j: a shell reads what stands in it as it was meant", (name) => {
    const tools = toolsWith(missing, `/opt/${name}/cli.js`);
    const [stop] = ownWay(tools).stops;

    expect(fitsRule(tools)).toBe(true);
    const { stdout } = spawnSync("/bin/sh", ["-c", `printf '%s|' ${stop?.("p1") ?? ""}`]);
    expect(stdout.toString()).toBe(
      `/usr/bin/node|/opt/${name}/cli.js|stop|p1|--exact|-y|--config|/home/me/config.json|`,
    );
  });

  it.each(odd)("%j: no rule of ours, as it could mean more", (name) => {
    expect(fitsRule(toolsWith(missing, `/opt/${name}/cli.js`))).toBe(false);
    expect(fitsRule({ ...toolsWith(missing), configPath: `/opt/${name}` })).toBe(false);
  });

  it("nor where it is not known how this program was started", () => {
    const program = { argv: ["/usr/bin/node", ""], folder: undefined };

    expect(fitsRule({ ...toolsWith(missing), program })).toBe(false);
  });
});
