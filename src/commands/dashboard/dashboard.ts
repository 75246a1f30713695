import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import type { HttpSettings, Settings } from "#config/settings.ts";
import { UserError, wordsOf } from "#errors.ts";
import { tokenFileOf } from "#store/paths.ts";
import { readToken } from "#store/token-file.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { askForLink } from "./ask-for-link.ts";
import { openInBrowser } from "./browser.ts";
import { type LinkFile, writeLinkFile } from "./link-file.ts";
import { untilUsed } from "./until-used.ts";
import { whyNoLink } from "./why-no-link.ts";

export interface DashboardOptions extends GlobalOptions {
  readonly print: boolean;
}

/** Opens the page in the browser, logged in by a link that works once; prints that link where there is none. */
export async function dashboard(options: DashboardOptions, context: Context): Promise<void> {
  const { env, paces, interrupted } = context;
  const settings = await loadConfig(options.config, env, paces, "gone-without");
  context.hide(settings.secrets);
  const { command } = policyOf(settings, paces).podGuards;
  const http = pageOf(settings, command);
  const token = http.token ?? (await madeToken(settings));
  if (token === undefined) {
    throw await whyNoLink(
      settings,
      command,
      "its token is not made yet, as it is at the first start",
    );
  }
  context.hide([token]);
  const asked = await askForLink(http, token, interrupted);
  if (asked.kind === "failed") throw await whyNoLink(settings, command, asked.because);
  if (asked.isDryRun) warn(dryRunWords, context);
  const because = options.print ? undefined : await openedByFile(asked, settings, command, context);
  if (because === "opened") return;
  const { link } = asked;
  const { port } = new URL(asked.page);
  context.print(
    [
      ...(because === undefined ? [] : [`${because}. `]),
      `Open this within a minute; it works once: ${link}`,
      `From another machine, first: ssh -L ${port || "80"}:${new URL(asked.page).host} THIS-MACHINE`,
    ].join("\n"),
  );
}

/** It may hold the port of the daemon that guards, which takes it once it is free. */
const dryRunWords =
  "this is the page of a dry run: it shows what would be done, and nothing is stopped from it. To see the page of the daemon that guards, end the dry run";

/** "opened", or in words why no browser was begun. The file is gone when this ends, however that comes. */
async function openedByFile(
  { link, page }: { readonly link: string; readonly page: string },
  settings: Settings,
  command: string,
  context: Context,
): Promise<string> {
  const hungUp = new AbortController();
  context.onHangup(() => hungUp.abort());
  let file: LinkFile;
  try {
    file = await writeLinkFile(link, context.env);
  } catch (error) {
    return `No file could be made that leads your browser there: ${wordsOf(error)}`;
  }
  try {
    const because = await openInBrowser(file.address, settings, context);
    if (because !== undefined) return because;
    context.print(
      `Opening ${page} in your browser. If it does not open: ${command} dashboard --print`,
    );
    const ends = AbortSignal.any([context.interrupted, hungUp.signal]);
    if ((await untilUsed(link, ends)) !== false) return "opened";
  } finally {
    await file.remove();
  }
  throw new UserError(
    "Your browser has not opened the page within a minute, and its link is void.",
    {
      hint: `Then try: ${command} dashboard --print`,
    },
  );
}

function pageOf({ http, configPath, missing }: Settings, command: string): HttpSettings {
  if (http !== undefined) return http;
  const gone = missing?.secrets.find(({ without }) => without === "the page");
  if (gone !== undefined) {
    throw new UserError(`The page's token is not there: ${gone.where} ${gone.what}.`, {
      hint: "Put it there, and try again.",
    });
  }
  throw new UserError(`The config ${configPath} serves no page.`, {
    hint: `Add "http": {} to it, and put it in force: reload the daemon, or start it: ${command} watch`,
  });
}

async function madeToken({ stateFile }: Settings): Promise<string | undefined> {
  try {
    return await readToken(tokenFileOf(stateFile));
  } catch (error) {
    throw new UserError(`The page's token cannot be read: ${wordsOf(error)}.`, { cause: error });
  }
}
