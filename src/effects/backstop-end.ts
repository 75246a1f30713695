import type { EndPod } from "../guard/model.ts";
import { whyNoLonger } from "../guard/rules/backstop.ts";
import type { Ending } from "./end-pod.ts";

/** The end of a pod by a threshold's backstop: wanted as long as the balance is below its line. */
export function backstopEnding({ podId, action, belowUsd }: EndPod): Ending {
  return {
    podId,
    action,
    whyNot(look) {
      const because = whyNoLonger(look, belowUsd);
      return because === undefined ? undefined : { kind: "moot", because, tail: "" };
    },
  };
}
