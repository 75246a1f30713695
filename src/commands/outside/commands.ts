import type { Command } from "commander";
import type { Context } from "#terminal/context.ts";
import { defaultFolder } from "./folder.ts";

/** The commands of the guard outside. Each loads only the modules it needs. */
export function addOutside(
  program: Command,
  context: Context,
  done: (exitCode: number) => void,
): void {
  const outside = program
    .command("outside")
    .description("a guard elsewhere, which stands in when this machine falls silent");
  const dir = ["--dir <folder>", "the folder that it is deployed from", defaultFolder] as const;

  outside
    .command("init")
    .description("make a folder for the guard outside, with a key for the account")
    .option(...dir)
    .action(async (_options, command: Command) => {
      const { outsideInit } = await import("./init.ts");
      await outsideInit(command.optsWithGlobals(), context);
    });

  outside
    .command("deploy")
    .description("deploy the guard outside with the account's secrets, and give it its role")
    .option(...dir)
    .option("--primary", "it is the account's only guard: there is no machine", false)
    .option("--secrets", "print the secrets to a pipe, as JSON, and do nothing else", false)
    .option("--no-wrangler", "deploy nothing: only give its role to one that is there")
    .action(async (_options, command: Command) => {
      const { outsideDeploy } = await import("./deploy.ts");
      done(await outsideDeploy(command.optsWithGlobals(), context));
    });

  outside
    .command("status")
    .description("show what the guard outside last heard, knows and did")
    .option("--json", "print everything as one JSON object", false)
    .action(async (_options, command: Command) => {
      const { outsideStatus } = await import("./status.ts");
      done(await outsideStatus(command.optsWithGlobals(), context));
    });

  outside
    .command("drill")
    .description("have the guard outside rehearse a takeover, on made-up pods")
    .action(async (_options, command: Command) => {
      const { outsideDrill } = await import("./drill.ts");
      done(await outsideDrill(command.optsWithGlobals(), context));
    });

  outside
    .command("destroy")
    .description("have the guard outside forget the account, and take its secrets away")
    .option(...dir)
    .option("-y, --yes", "do not ask for confirmation", false)
    .option("--worker", "delete the whole Worker, with all other accounts", false)
    .option("--no-wrangler", "take nothing away at Cloudflare: only have the account forgotten")
    .action(async (_options, command: Command) => {
      const { outsideDestroy } = await import("./destroy.ts");
      done(await outsideDestroy(command.optsWithGlobals(), context));
    });

  outside
    .command("serve")
    .description("run the guard outside under Node on this machine")
    .requiredOption("--listen <host:port>", "where to listen, such as 127.0.0.1:8093")
    .requiredOption("--dir <folder>", "where it keeps what it knows of the accounts")
    .option("--secrets-file <file>", "the secrets of deploy --secrets; else standard input")
    .action(async (_options, command: Command) => {
      const { outsideServe } = await import("./serve.ts");
      done(await outsideServe(command.optsWithGlobals(), context));
    });
}
