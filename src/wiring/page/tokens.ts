import type { HttpSettings } from "#config/settings.ts";
import type { HttpInForce } from "#http/deps.ts";
import { activityTokenFileOf, metricsTokenFileOf, tokenFileOf } from "#store/paths.ts";
import { tokenIn } from "#store/token-file.ts";

/** The tokens of the config, or those of the files beside the state, which are made where there are none. */
export async function withTokens(http: HttpSettings, stateFile: string): Promise<HttpInForce> {
  return {
    ...http,
    token: http.token ?? (await tokenIn(tokenFileOf(stateFile))),
    activityToken: http.activityToken ?? (await tokenIn(activityTokenFileOf(stateFile))),
    metricsToken: http.metricsToken ?? (await tokenIn(metricsTokenFileOf(stateFile))),
  };
}
