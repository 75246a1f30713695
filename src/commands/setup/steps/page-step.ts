import type { PageAnswer } from "#commands/setup/answers/answers.ts";
import { type Current, pageOf } from "#commands/setup/answers/current.ts";
import type { InterviewDeps } from "#commands/setup/deps.ts";

/** Asks whether there is to be a page to look at. Nobody opens a port who was not asked to. */
export async function pageStep(
  current: Current,
  { prompter, given, isAsked, freeListen }: InterviewDeps,
): Promise<PageAnswer> {
  const now = pageOf(current);
  if (given.page === "none") return { kind: "none" };
  if (given.page !== undefined) {
    const { listen } = given.page;
    if (listen === undefined && now !== undefined) return { kind: "as-it-is" };
    return { kind: "at", listen: listen ?? (await freeListen()) };
  }
  if (!isAsked || now !== undefined) return { kind: "as-it-is" };
  const listen = await freeListen();
  const isWanted = await prompter.confirm({
    message: `Serve a page to look at, for this machine only (${listen})?`,
    option: "--page, or --no-page",
    initial: true,
  });
  return isWanted ? { kind: "at", listen } : { kind: "as-it-is" };
}
