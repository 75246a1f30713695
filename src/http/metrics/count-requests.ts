import { createCounter } from "./counter.ts";
import type { HttpCounts } from "./http-counts.ts";
import { routeOf } from "./route-class.ts";
import type { Family } from "./text-format.ts";

/** Counts what is asked for over HTTP. */
export function createHttpCounts(): HttpCounts & { families(): readonly Family[] } {
  const requests = createCounter({
    name: "runpodboss_http_requests_total",
    help: "Requests that were answered, by what they asked for and the status code.",
  });
  const wrongTokens = createCounter({
    name: "runpodboss_http_wrong_tokens_total",
    help: "Requests with a token, session or code that is not ours.",
    known: [{}],
  });
  const streamsBegun = createCounter({
    name: "runpodboss_http_streams_begun_total",
    help: "Streams of live events that were begun.",
    known: [{}],
  });
  let open = 0;
  return {
    answered: (path, code) => requests.add({ route: routeOf(path), code: String(code) }),
    wrongToken: () => wrongTokens.add(),
    streamBegan() {
      streamsBegun.add();
      open += 1;
      let isOpen = true;
      return () => {
        if (isOpen) open -= 1;
        isOpen = false;
      };
    },
    families: () => [
      requests.family(),
      wrongTokens.family(),
      streamsBegun.family(),
      {
        name: "runpodboss_http_streams_open",
        type: "gauge",
        help: "Streams of live events that are open now.",
        samples: [{ value: open }],
      },
    ],
  };
}
