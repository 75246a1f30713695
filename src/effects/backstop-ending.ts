import { whyNoLonger } from "#guard/account/backstop.ts";
import type { EndPod } from "#guard/model/effect.ts";
import type { Ending } from "./end-and-prove.ts";
import type { Present } from "./end-run.ts";

/** The end of a pod by a threshold's backstop: wanted as long as the balance is below the threshold. */
export function backstopEnding(
  { podId, action, burnBefore, ...line }: EndPod,
  present?: Pick<Present, "falls">,
): Ending {
  return {
    podId,
    action,
    burnBefore,
    whyNot(look) {
      const because = whyNoLonger(look, line, { falls: present?.falls() });
      if (look.isRiseDoubted === true && because !== undefined) {
        const unsure = "the balance is higher since the change-over, which must hold for 10 min";
        return { kind: "failed", because: unsure, tail: "" };
      }
      return because === undefined ? undefined : { kind: "moot", because, tail: "" };
    },
  };
}
