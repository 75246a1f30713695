import type { ChannelSettings } from "#notify/settings.ts";
import { answer, type Answering, common } from "./service.ts";

/** A service as it documents itself. */
export interface Documented {
  readonly type: ChannelSettings["type"];
  /** With secrets that nothing else looks like. */
  readonly settings: (origin: string) => ChannelSettings;
  readonly good: Answering;
  /** What it says when its secrets are wrong, and in which words that is told. */
  readonly refusals: readonly (readonly [Answering, RegExp])[];
  /** When asked too often, by its body or by a header, for 7 seconds. */
  readonly tooMany: Answering;
  /** Texts that must stand in no result. */
  readonly secrets: readonly string[];
  /** Words about an error, as it wraps them. */
  readonly wrap: (words: string) => unknown;
  /** The status alone counts. */
  readonly isByStatus?: boolean;
}

const header = { "retry-after": "7" };

export const documented: readonly Documented[] = [
  {
    type: "ntfy",
    settings: (origin) => ({
      ...common,
      type: "ntfy",
      name: "phone",
      url: `${origin}/Top1c-Secret`,
      token: "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2",
    }),
    good: answer(200, {
      id: "hwQ2YpKdmg",
      time: 1764126720,
      event: "message",
      topic: "Top1c-Secret",
    }),
    refusals: [
      [answer(401, { code: 40101, http: 401, error: "unauthorized" }), /^HTTP 401: unauthorized$/],
      [answer(403, { code: 40301, http: 403, error: "forbidden" }), /^HTTP 403: forbidden$/],
      [
        answer(400, { code: 40009, http: 400, error: "invalid request: topic invalid" }),
        /^HTTP 400: invalid request: topic invalid$/,
      ],
      [
        answer(404, { code: 40401, http: 404, error: "page not found" }),
        /^HTTP 404: page not found$/,
      ],
    ],
    tooMany: answer(
      429,
      { code: 42901, http: 429, error: "limit reached: too many requests" },
      header,
    ),
    secrets: ["Top1c-Secret", "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"],
    wrap: (words) => ({ code: 1, http: 400, error: words }),
  },
  {
    type: "webhook",
    settings: (origin) => ({
      ...common,
      type: "webhook",
      name: "mine",
      url: `${origin}/hooks/4f1xQ9-hook?key=Qu3ryS3cret`,
      headers: { Authorization: "Bearer h3ader-S3cret" },
      secret: "s1gning-S3cret",
    }),
    good: (response) => void response.writeHead(204).end(),
    refusals: [
      [answer(401, "no such key"), /^HTTP 401$/],
      [answer(404, { detail: "no such hook" }), /^HTTP 404$/],
    ],
    tooMany: answer(429, "slow down", header),
    secrets: ["4f1xQ9-hook", "Qu3ryS3cret", "h3ader-S3cret", "s1gning-S3cret"],
    wrap: (words) => words,
    isByStatus: true,
  },
];
