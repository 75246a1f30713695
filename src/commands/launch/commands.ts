import type { Command } from "commander";
import type { Context } from "#terminal/context.ts";

const each = (word: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  word,
];

/** The commands that start pods, and what is asked before. Each loads only the modules it needs. */
export function addLaunch(
  program: Command,
  context: Context,
  done: (exitCode: number) => void,
): void {
  program
    .command("gpus")
    .description("show what GPUs pods can be started with now, cheapest first")
    .option("--max-price <dollars>", "only pods that cost at most this much an hour")
    .option("--min-vram <gb>", "only GPUs with at least this much memory each")
    .option("--count <gpus>", "for pods with this many GPUs", "1")
    .option("--cloud <cloud>", "only this cloud: secure or community")
    .option("--json", "print everything as one JSON object", false)
    .action(async (_options, command: Command) => {
      const { gpus } = await import("./gpus.ts");
      done(await gpus(command.optsWithGlobals(), context));
    });

  const wishes = (command: Command): Command =>
    command
      .option("--gpu <name>", "a GPU type, by its id, its name or a part of it: 4090, a100-sxm")
      .option("--hours <hours>", "how long its lease is: a number such as 2 or 0.5")
      .option("--count <n>", "how many GPUs it has", "1")
      .option("--cloud <cloud>", "secure or community", "secure")
      .option("--volume <gb>", "a disk of its own that outlives a stop", "0")
      .option("--disk <gb>", "the container's own disk: 20, or what the template says")
      .option("--region <id>", "RunPod's id of the data centre; else any that the config allows")
      .option("--name <name>", "what it is called; its lease id is put behind it", "pod");

  wishes(
    program
      .command("estimate")
      .description("show what a pod would cost, and what becomes of the balance; gives a quote"),
  )
    .option("--json", "print everything as one JSON object", false)
    .addHelpText("after", "\nExit codes: 1 the balance would not last.")
    .action(async (_options, command: Command) => {
      const { estimate } = await import("./estimate.ts");
      done(await estimate(asTyped(command, command.optsWithGlobals()), context));
    });

  wishes(
    program
      .command("start")
      .description("start a pod on a lease: shows what it costs, asks, and waits until it runs"),
  )
    .option("--image <image>", "the container's image")
    .option("--template <id>", "RunPod's id of a template, in place of an image")
    .option("--network-volume <id>", "RunPod's id of a network volume, in place of a disk")
    .option("--ports <ports>", "ports to expose: 22/tcp,8888/http")
    .option(
      "--env <name=value>",
      "a variable of the pod; NAME alone takes its value from here; again for more",
      each,
    )
    .option("--wait <minutes>", "how long to wait until it runs", "10")
    .option("--quote <id>", "the quote of an estimate, good for five minutes; asks nothing")
    .option("--protect", "nothing ever ends it: it goes into protect in the config", false)
    .option("--force", "start it though the balance would not last, or nothing would end it", false)
    .option("-y, --yes", "do not ask for confirmation", false)
    .option("--json", "print everything as one JSON object; needs --yes or --quote", false)
    .addHelpText(
      "after",
      `
What the config allows at most ("launch") nobody lifts. RunPod is asked once, never again by itself.
Exit codes: 1 it does not run, or nobody knows; 2 not started; 3 cancelled.`,
    )
    .action(async (_options, command: Command) => {
      const { start } = await import("./start.ts");
      done(await start(asTyped(command, command.optsWithGlobals()), context));
    });
}

/** A default is no word of whoever typed the command: a quote has its own. */
function asTyped<Options extends object>(command: Command, options: Options): Options {
  const typed = Object.entries(options).filter(([name, value]) => {
    const isAsked = command.getOptionValueSource(name) === "default" && typeof value === "string";
    return !isAsked;
  });
  return Object.fromEntries(typed) as Options;
}
