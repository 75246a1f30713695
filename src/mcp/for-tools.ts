import { namingConfig } from "#config/command-for.ts";

/** The commands that are tools here, and the arguments that stand behind them, in order. */
const tools: Readonly<Record<string, readonly string[]>> = {
  status: [],
  gpus: [],
  estimate: [],
  start: [],
  extend: ["pod", "hours"],
  touch: ["pod"],
  stop: ["pod"],
};

/** The other commands that errors and warnings tell to type. */
const peoplesCommands = "check|init|lease|setup|skip|terminate|unfreeze|watch".split("|");

/** Options that a tool has as an argument. */
const argumentOf: Readonly<Record<string, string>> = {
  cloud: "cloud",
  count: "count",
  disk: "disk_gb",
  env: "env",
  gpu: "gpu",
  hours: "hours",
  image: "image",
  "max-price": "max_price",
  "min-vram": "min_vram",
  name: "name",
  "network-volume": "network_volume",
  ports: "ports",
  quote: "quote",
  region: "region",
  template: "template",
  volume: "volume_gb",
  wait: "wait_minutes",
};

const namedConfig = String.raw`(?: (?:-c|--account) (?:'[^']*'|\\'|[^\s'])+)?`;
const toolCommand = new RegExp(
  String.raw`\brunpodboss${namedConfig} (${Object.keys(tools).join("|")})\b((?: [\w-]+(?:\.[\w-]+)*)*)`,
  "g",
);
const toolOption = new RegExp(
  String.raw`(?<=^|[\s(])--(${Object.keys(argumentOf).join("|")})(?![\w-])`,
  "gm",
);

/**
 * What is written for a shell, for a client of the tools: commands and options by the tools and arguments that do
 * the same; a command that is no tool names the config.
 */
export function wordsForTools(words: string, configPath: string): string {
  const called = words
    .replaceAll(toolCommand, (_typed, tool: string, behind: string) => toolWords(tool, behind))
    .replaceAll(toolOption, (_typed, option: string) => argumentOf[option] ?? option);
  return namingConfig(called, peoplesCommands, configPath);
}

function toolWords(tool: string, behind: string): string {
  const names = tools[tool] ?? [];
  const words = behind.split(" ").slice(1);
  const args = names.slice(0, words.length).map((name, n) => `${name}: ${words[n]}`);
  const rest = words.slice(names.length).map((word) => ` ${word}`);
  return `the tool ${tool}${args.length === 0 ? "" : ` (${args.join(", ")})`}${rest.join("")}`;
}

/** What is done at a shell, in a file of the guard, on its machine or in RunPod's console. */
const peoplesWork = [
  String.raw`\brunpodboss${namedConfig} (?:${peoplesCommands.join("|")})\b`,
  String.raw`\bsystemctl\b|\bkill -HUP\b|\bps -p\b`,
  String.raw`(?:^|\s)--?[a-z]`,
  String.raw`\bre(?:load|start) the daemon\b|\bin the config\b|\bthe config has\b|\bstate_file\b|RunPod's console`,
  String.raw`\bmove it away\b|\blet this user\b|\bcheck this machine's\b|\b(?:its|the) disk\b|\btake out of it\b`,
];
const forPeople = new RegExp(peoplesWork.join("|"), "i");

/** The same of a hint, a piece of advice a line: what only a person can do comes last, and is said to be theirs. */
export function adviceForTools(hint: string, configPath: string): string {
  const advice = piecesOf(hint).map(([first = "", ...more]) => {
    const words = wordsForTools(first, configPath);
    const isForPeople = forPeople.test(words) || (configPath !== "" && words.includes(configPath));
    // What stands beneath is a list, or an example: names in it are other people's.
    const beneath = more.map((line) => (isRest(line) ? wordsForTools(line, configPath) : line));
    return { isForPeople, lines: [words, ...beneath] };
  });
  const linesOf = (isForPeople: boolean): readonly string[] =>
    advice.flatMap((each) => (each.isForPeople === isForPeople ? each.lines : []));
  const peoples = linesOf(true);
  return [
    ...linesOf(false),
    ...(peoples.length === 0 ? [] : ["What only the person you work for can do:", ...peoples]),
  ].join("\n");
}

/** A line that is indented belongs to the one before it. */
function piecesOf(hint: string): readonly (readonly string[])[] {
  return hint.split(/\n(?!\s)/).map((piece) => piece.split("\n"));
}

function isRest(line: string): boolean {
  return /^\s+and \d+ more: /.test(line);
}
