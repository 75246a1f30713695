import type { Settings } from "#config/settings.ts";
import { shownUrl } from "#config/url.ts";
import { UserError } from "#errors.ts";
import type { Blind } from "#guard/model/account.ts";

/** Why the poll failed, and what to do about it. */
export function cannotLook(
  { cause, because: words, source, refusal }: Blind,
  { api, runpodUrl, restUrl }: Pick<Settings, "api" | "runpodUrl" | "restUrl">,
): UserError {
  const isRest = (source?.api ?? api) === "rest" && restUrl !== undefined;
  const [url, key] = isRest ? [restUrl, "rest_url"] : [runpodUrl, "runpod_url"];
  const because = words.replace(/[.\s]+$/, "");
  if (refusal === "retired") {
    const hint = isRest
      ? "Look for a newer runpodboss, which may speak what RunPod has put in its place."
      : restUrl === undefined
        ? 'Set rest_url in the config, and "api": "auto" or "rest": REST v2 takes its place.'
        : 'REST v2 takes its place. With "api": "auto" or "rest" in the config nothing else has to be done.';
    return new UserError(`RunPod has ended ${isRest ? "REST v2" : "GraphQL"}: ${because}.`, {
      hint,
    });
  }
  switch (cause) {
    case "key-refused":
      return new UserError(`RunPod refused the API key: ${because}.`, {
        hint: "Create a key in RunPod's console under Settings, API Keys. Put it where the config takes it from: api_key_file, api_key, or the variable that api_key_env names (RUNPOD_API_KEY).",
      });
    case "unreachable":
      return new UserError(`RunPod could not be reached at ${shownUrl(url)}: ${because}.`, {
        hint: `Check this machine's network, the proxy if HTTPS_PROXY names one, and ${key} if you set it.`,
      });
    case "server-error":
      return new UserError(`RunPod answers with an error: ${because}.`, {
        hint: "Try again in a minute. Nothing on this machine mends that; https://uptime.runpod.io shows RunPod's state.",
      });
    case "bad-answer":
      return new UserError(`RunPod's answer could not be read: ${because}.`, {
        hint: "Try again in a minute. If it keeps failing, RunPod's API may have changed.",
      });
  }
}
