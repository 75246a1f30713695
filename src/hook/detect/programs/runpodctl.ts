import type { Asked, Found, Started } from "#hook/detect/found.ts";
import { hole } from "#hook/detect/shell/syntax.ts";
import { programName } from "./names.ts";

const things: Readonly<Record<string, Started>> = {
  pod: "pod",
  pods: "pod",
  serverless: "endpoint",
  sls: "endpoint",
  endpoint: "endpoint",
  endpoints: "endpoint",
  cluster: "cluster",
  clusters: "cluster",
  "instant-cluster": "cluster",
  project: "something",
  flash: "endpoint",
  hub: "endpoint",
};
const harmless = new Set(
  "get list ls stop remove rm delete terminate describe logs log info search config version update completion doctor help send receive exec ssh user me gpu datacenter dc billing template tpl volume network-volume vol registry reg model show status init build login env app undeploy".split(
    " ",
  ),
);
/** What follows `create`, and burns nothing by being there. */
const stored = new Set(
  "model template tpl volume network-volume vol registry reg secret".split(" "),
);
const creating = new Set("create new deploy launch rent run dev".split(" "));
const starting = new Set("start resume restart reset up bid".split(" "));
const switches = new Set(
  "--communitycloud --securecloud --startssh --ssh --public-ip --global-networking --flash-boot -v --verbose".split(
    " ",
  ),
);

/** Whether it only asks how it is called. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? undefined : end).some((arg, index) => {
    if (arg !== "--help" && arg !== "-h") return false;
    // Behind an option that wants a value it is that value.
    const before = args[index - 1]?.toLowerCase() ?? "";
    return !before.startsWith("-") || before.includes("=") || switches.has(before);
  });
}

/** What is no option, read in each way in which unknown options may take values. */
function wordings(args: readonly string[]): readonly (readonly string[])[] {
  return [true, false].map((isValued) => {
    const words: string[] = [];
    for (let at = 0; at < args.length; at += 1) {
      const arg = args[at] ?? "";
      if (!arg.startsWith("-") || arg === "-") words.push(arg);
      else if (arg === "-o" || arg === "--output") at += 1;
      else if (isValued && arg.startsWith("--") && !arg.includes("=")) {
        if (!switches.has(arg.toLowerCase())) at += 1;
      }
    }
    return words;
  });
}

function option(args: readonly string[], names: readonly string[]): string | undefined {
  for (const [index, arg] of args.entries()) {
    const cut = arg.indexOf("=");
    const name = (cut === -1 ? arg : arg.slice(0, cut)).replace(/^--?/, "").toLowerCase();
    const value = cut === -1 ? args[index + 1] : arg.slice(cut + 1);
    if (arg.startsWith("-") && names.includes(name) && value !== undefined)
      return value.includes(hole) ? undefined : value;
  }
  return undefined;
}

function askedOf(args: readonly string[]): Asked {
  const gpu = option(args, ["gpu-id", "gputype", "gpu-type", "gpu", "gpu-type-id"]);
  const image = option(args, ["image", "imagename", "image-name"]);
  const name = option(args, ["name"]);
  return {
    ...(gpu === undefined ? {} : { gpu }),
    ...(image === undefined ? {} : { image }),
    ...(name === undefined ? {} : { name }),
  };
}

function update(what: Started, args: readonly string[], called: string): Found | undefined {
  if (what !== "endpoint") return undefined;
  const isGiven = args.some((arg) => /^--?workers-?min/i.test(arg));
  const least = option(args, ["workers-min", "workersmin"]);
  if (!isGiven || least === "0") return undefined;
  return { kind: "starts", what, because: `${called} keeps workers of an endpoint running` };
}

function idIn(word: string | undefined): { readonly podId?: string } {
  return word !== undefined && /^[\w-]+$/.test(word) ? { podId: word } : {};
}

function judged(
  words: readonly string[],
  args: readonly string[],
  program: string,
): Found | undefined {
  const known = words.findIndex(
    (word) =>
      word.includes(hole) ||
      Object.hasOwn(things, word.toLowerCase()) ||
      [creating, starting, harmless].some((set) => set.has(word.toLowerCase())),
  );
  if (known === -1) return undefined;
  const [first = "", second = "", third] = words.slice(known).map((word) => word);
  const [one, two] = [first.toLowerCase(), second.toLowerCase()];
  const called = `${program} ${one} ${two}`.trim();
  if (one.includes(hole) || (two.includes(hole) && !harmless.has(one))) {
    return {
      kind: "creates",
      what: "something",
      because: `what this calls ${program} to do cannot be read from the command: write it out`,
    };
  }
  if (Object.hasOwn(things, one)) {
    const what = things[one] ?? "something";
    if (one === "project" && two === "new") return undefined;
    if (one === "project" && two === "create") return undefined;
    if (two === "update") return update(what, args, called);
    if (creating.has(two) || (one === "project" && two === "start"))
      return {
        kind: "creates",
        what,
        asked: askedOf(args),
        because: `${called} creates ${aOf(what)}`,
      };
    if (starting.has(two))
      return { kind: "starts", what, ...idIn(third), because: `${called} starts ${aOf(what)}` };
    return undefined;
  }
  if (two === "" || stored.has(two)) return undefined;
  const what = things[two] ?? "something";
  if (creating.has(one) && one !== "run" && one !== "dev")
    return {
      kind: "creates",
      what,
      asked: askedOf(args),
      because: `${called} creates ${aOf(what)}`,
    };
  if (starting.has(one))
    return { kind: "starts", what, ...idIn(third), because: `${called} starts ${aOf(what)}` };
  return undefined;
}

function aOf(what: Started): string {
  if (what === "something") return "something at RunPod";
  return what === "endpoint" ? "a serverless endpoint" : `a ${what}`;
}

/** What RunPod's own program would create or start, called with these arguments. */
export function runpodctl(argv: readonly string[]): readonly Found[] {
  const args = argv.slice(1);
  if (asksForHelp(args) || args[0] === "help") return [];
  for (const words of wordings(args)) {
    const found = judged(words, args, "runpodctl");
    if (found !== undefined) return [found];
  }
  return [];
}

/** What the program of RunPod's Python package would: its verbs stand behind what they are for. */
export function runPodPackage(argv: readonly string[], line: string): readonly Found[] {
  const program = programName(argv[0] ?? "");
  const args = argv.slice(1);
  if (asksForHelp(args)) return [];
  if (program === "flash") {
    const isMeant = args[0] === "deploy" || args[0] === "dev" || /run-?pod/i.test(line);
    if (!isMeant || !creating.has(args[0] ?? "")) return [];
    return [{ kind: "creates", what: "endpoint", because: `flash ${args[0]} creates endpoints` }];
  }
  if (program === "runpodpy")
    return runpodctl(["runpodctl", args[0] ?? "", "pod", ...args.slice(1)]);
  for (const words of wordings(args)) {
    if (words[0] === undefined || !Object.hasOwn(things, words[0])) continue;
    const found = judged(words, args, program);
    if (found !== undefined) return [found];
  }
  return [];
}
