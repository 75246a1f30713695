import type { Command } from "commander";
import type { Context } from "#terminal/context.ts";

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
}
