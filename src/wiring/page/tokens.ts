import type { HttpSettings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import type { HttpInForce } from "#http/deps.ts";
import { activityTokenFileOf, metricsTokenFileOf, tokenFileOf } from "#store/paths.ts";
import { tokenIn } from "#store/token-file.ts";

/**
 * The tokens of the config, or those of the files beside the state, which are made where there are none. Throws in
 * words where two are the same: whoever shows one would get what the other may do.
 */
export async function withTokens(http: HttpSettings, stateFile: string): Promise<HttpInForce> {
  const found = {
    ...http,
    token: http.token ?? (await tokenIn(tokenFileOf(stateFile))),
    activityToken: http.activityToken ?? (await tokenIn(activityTokenFileOf(stateFile))),
    metricsToken: http.metricsToken ?? (await tokenIn(metricsTokenFileOf(stateFile))),
  };
  refuseSame(found);
  return found;
}

/** Those of the config alone are compared when it is read; what was made is known only here. */
function refuseSame({ token, activityToken, metricsToken }: HttpInForce): void {
  const both =
    activityToken === token
      ? "http.activity_token and the token of the page"
      : metricsToken === token
        ? "http.metrics_token and the token of the page"
        : metricsToken === activityToken
          ? "http.metrics_token and http.activity_token"
          : undefined;
  if (both === undefined) return;
  throw new UserError(`${both} are the same; give each one of its own`);
}
