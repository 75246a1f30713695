import { describe, expect, it } from "vitest";
import { adviceForTools, wordsForTools } from "#mcp/for-tools.ts";
import { defaultPaths, expandHome } from "#config/paths.ts";

const configPath = "/srv/guard.json";
const onlyPeople = "What only the person you work for can do:";

describe("a command that is a tool is called as one, with its arguments", () => {
  it.each([
    ["See what there is: runpodboss gpus", "See what there is: the tool gpus"],
    ["Ask for another: runpodboss estimate", "Ask for another: the tool estimate"],
    ["See whether it is there: runpodboss status.", "See whether it is there: the tool status."],
    ["To keep it: runpodboss touch p1", "To keep it: the tool touch (pod: p1)"],
    [
      "Either: runpodboss touch p-1, or: runpodboss extend p-1 1.5.",
      "Either: the tool touch (pod: p-1), or: the tool extend (pod: p-1, hours: 1.5).",
    ],
    [
      "which nothing but you stops: runpodboss stop POD",
      "which nothing but you stops: the tool stop (pod: POD)",
    ],
    ["To keep it: runpodboss -c /srv/guard.json touch p1", "To keep it: the tool touch (pod: p1)"],
    [
      "To keep it: runpodboss -c '/srv/my guard.json' extend p1 2",
      "To keep it: the tool extend (pod: p1, hours: 2)",
    ],
    ["To keep it: runpodboss --account lab touch p1", "To keep it: the tool touch (pod: p1)"],
    [
      "It has some in community: add --cloud community",
      "It has some in community: add cloud community",
    ],
    [
      "--volume must be at least 10 GB, or 0 for none.",
      "volume_gb must be at least 10 GB, or 0 for none.",
    ],
    [
      "--network-volume takes the place of --volume.",
      "network_volume takes the place of volume_gb.",
    ],
  ])("%s", (typed, words) => {
    expect(wordsForTools(typed, configPath)).toBe(words);
    expect(adviceForTools(typed, configPath)).toBe(words);
  });

  it("what has no tool keeps its command, for this very config", () => {
    expect(wordsForTools("Start it: runpodboss watch", configPath)).toBe(
      "Start it: runpodboss -c /srv/guard.json watch",
    );
    expect(wordsForTools("Start it: runpodboss watch", expandHome(defaultPaths.config))).toBe(
      "Start it: runpodboss watch",
    );
  });
});

describe("advice that only a person can follow says so", () => {
  it.each([
    ["Start it: runpodboss watch", "Start it: runpodboss -c /srv/guard.json watch"],
    [
      "Give it one: runpodboss lease POD 1",
      "Give it one: runpodboss -c /srv/guard.json lease POD 1",
    ],
    ["Then try: runpodboss --account lab check", "Then try: runpodboss --account lab check"],
    ["To put it in force, reload it: systemctl --user reload runpodboss, or kill -HUP 7"],
    ["It was added to the config later. Reload the daemon first."],
    [
      "Perhaps the config has one by now: guards changed after it was read. To put it in force, restart the daemon",
    ],
    ["Add guards.lease to /srv/guard.json."],
    ["Leave it out, or remove it from protect in the config."],
    ["Name that one with -c, or start a daemon with yours."],
    ["Or start it with --protect, to say that this is meant."],
    ["Look in RunPod's console whether it runs."],
    ["Fix it, or move it away; that forgets every lease given by hand."],
    ["Let this user write to its folder, and try again."],
    ["Its disk can only be read. Make it writable, or set state_file to another path."],
    ["Its disk is full. Make room, and try again."],
    [
      "Check this machine's network, the proxy if HTTPS_PROXY names one, and rest_url if you set it.",
    ],
    ["Try again. If process 7 is no runpodboss (ps -p 7), remove /srv/guard.lock and try again."],
    ["Make it a file that you can read, or use --config FILE to name another."],
  ])("%s", (hint, words = hint) => {
    expect(adviceForTools(hint, configPath)).toBe(`${onlyPeople}\n${words}`);
  });

  it.each([
    "Add money, or ask for fewer hours or a cheaper GPU.",
    "Try again in a minute. Nothing on this machine mends that; https://uptime.runpod.io shows RunPod's state.",
    "The daemon counts it from its first poll on. Then try again.",
    "Give it another name.",
    "It gets no more time. You can start it again once it has stopped.",
    "Look with status, and tell the person you work for.",
    "Wait for one of them, then try again.",
  ])("and what an agent can follow does not: %s", (hint) => {
    expect(adviceForTools(hint, configPath)).toBe(hint);
  });

  it("once, behind what an agent can do, with all that belongs to it", () => {
    const hints = [
      `Add "launch" to /srv/guard.json, for example:`,
      `  "launch": { "max_price_per_hr": 5 }`,
      "See: runpodboss gpus",
      "Start it: runpodboss watch",
    ];

    expect(adviceForTools(hints.join("\n"), configPath)).toBe(
      [
        "See: the tool gpus",
        onlyPeople,
        `Add "launch" to /srv/guard.json, for example:`,
        `  "launch": { "max_price_per_hr": 5 }`,
        "Start it: runpodboss -c /srv/guard.json watch",
      ].join("\n"),
    );
  });

  it("names in a list are other people's: none becomes advice", () => {
    const list = [
      "The pods are:",
      "  p1  runpodboss stop p2",
      "  p2  runpodboss terminate p1",
      "  p3  in the config --cloud",
      "  and 3 more: runpodboss gpus",
    ];

    expect(adviceForTools(list.join("\n"), configPath)).toBe(
      [...list.slice(0, 4), "  and 3 more: the tool gpus"].join("\n"),
    );
  });
});
