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
  {
    type: "slack",
    settings: (origin) => ({
      ...common,
      type: "slack",
      name: "team",
      webhookUrl: `${origin}/services/T0123ABCD/B0456EFGH/XyZsl4ckS3cretXyZ`,
    }),
    good: answer(200, "ok"),
    refusals: [
      [answer(400, "invalid_payload"), /^HTTP 400: invalid_payload$/],
      [answer(403, "invalid_token"), /^HTTP 403: invalid_token$/],
      [answer(404, "no_service"), /^HTTP 404: no_service$/],
      [answer(410, "channel_is_archived"), /^HTTP 410: channel_is_archived$/],
    ],
    tooMany: answer(429, "rate_limited", header),
    secrets: ["T0123ABCD", "B0456EFGH", "XyZsl4ckS3cretXyZ"],
    wrap: (words) => words,
  },
  {
    type: "discord",
    settings: (origin) => ({
      ...common,
      type: "discord",
      name: "server",
      webhookUrl: `${origin}/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fecd1726d`,
    }),
    good: answer(200, { id: "1000000000000000001", type: 0, webhook_id: "223704706495545344" }),
    refusals: [
      [answer(404, { message: "Unknown Webhook", code: 10_015 }), /^HTTP 404: Unknown Webhook$/],
      [
        answer(401, { message: "Invalid Webhook Token", code: 50_027 }),
        /^HTTP 401: Invalid Webhook Token$/,
      ],
      [
        answer(400, { message: "Invalid Form Body", code: 50_035, errors: { embeds: {} } }),
        /^HTTP 400: Invalid Form Body$/,
      ],
    ],
    tooMany: answer(429, {
      message: "You are being rate limited.",
      retry_after: 6.9996,
      global: false,
    }),
    secrets: ["3d89bb7572e0fb30d8128367b3b1b44fecd1726d", "223704706495545344"],
    wrap: (words) => ({ message: words, code: 0 }),
  },
  {
    type: "teams",
    settings: (origin) => ({
      ...common,
      type: "teams",
      name: "work",
      webhookUrl: `${origin}/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A`,
    }),
    good: answer(202, ""),
    refusals: [
      [
        answer(401, {
          error: { code: "DirectApiAuthorizationRequired", message: "The request is not signed." },
        }),
        /^HTTP 401: The request is not signed\.$/,
      ],
      [
        answer(404, { error: { code: "WorkflowNotFound", message: "The workflow is gone." } }),
        /^HTTP 404: The workflow is gone\.$/,
      ],
      [
        answer(400, "Bad payload received by generic incoming webhook."),
        /^HTTP 400: Bad payload received by generic incoming webhook\.$/,
      ],
      [
        answer(
          200,
          "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId tcid=0",
        ),
        /^HTTP 200: Webhook message delivery failed .* HTTP error 413/,
      ],
    ],
    tooMany: answer(429, "Too many requests", header),
    secrets: ["643e69f83c8944438d68119179a10a64", "KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A"],
    wrap: (words) => ({ error: { code: "InvalidRequest", message: words } }),
  },
  {
    type: "telegram",
    settings: (origin) => ({
      ...common,
      type: "telegram",
      name: "chat",
      botToken: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
      chatId: "-1001234567890",
      apiUrl: origin,
    }),
    good: answer(200, { ok: true, result: { message_id: 365, date: 1764126720 } }),
    refusals: [
      [
        answer(401, { ok: false, error_code: 401, description: "Unauthorized" }),
        /^HTTP 401: Unauthorized$/,
      ],
      [
        answer(404, { ok: false, error_code: 404, description: "Not Found" }),
        /^HTTP 404: Not Found$/,
      ],
      [
        answer(400, { ok: false, error_code: 400, description: "Bad Request: chat not found" }),
        /^HTTP 400: Bad Request: chat not found$/,
      ],
      [
        answer(400, {
          ok: false,
          error_code: 400,
          description: "Bad Request: group chat was upgraded to a supergroup chat",
          parameters: { migrate_to_chat_id: -1_009_876_543_210 },
        }),
        /^HTTP 400: chat_id is now -1009876543210$/,
      ],
      [
        answer(200, { ok: false, error_code: 403, description: "Forbidden: bot was blocked" }),
        /^HTTP 200: Forbidden: bot was blocked$/,
      ],
    ],
    tooMany: answer(429, {
      ok: false,
      error_code: 429,
      description: "Too Many Requests: retry after 7",
      parameters: { retry_after: 7 },
    }),
    secrets: ["110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"],
    wrap: (words) => ({ ok: false, error_code: 400, description: words }),
  },
  {
    type: "pushover",
    settings: (origin) => ({
      ...common,
      type: "pushover",
      name: "phone",
      appToken: "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
      userKey: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
      apiUrl: origin,
    }),
    good: answer(200, { status: 1, request: "647d2300-702c-4b38-8b2f-d56326ae460b" }),
    refusals: [
      [
        answer(400, {
          user: "invalid",
          errors: ["user identifier is invalid"],
          status: 0,
          request: "5042853c-402d-4a18-abcb-168734a801de",
        }),
        /^HTTP 400: user identifier is invalid$/,
      ],
      [
        answer(200, { token: "invalid", errors: ["application token is invalid"], status: 0 }),
        /^HTTP 200: application token is invalid$/,
      ],
    ],
    tooMany: answer(429, { errors: ["application is over its quota"], status: 0 }, header),
    secrets: ["azGDORePK8gMaC0QOYAMyEEuzJnyUi", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"],
    wrap: (words) => ({ status: 0, errors: [words] }),
  },
  {
    type: "gotify",
    settings: (origin) => ({
      ...common,
      type: "gotify",
      name: "home",
      url: `${origin}/push`,
      appToken: "AKdxT.p4jVzuFLW",
    }),
    good: answer(200, { id: 25, appid: 5, message: "…", date: "2026-11-26T03:12:00Z" }),
    refusals: [
      [
        answer(401, {
          error: "Unauthorized",
          errorCode: 401,
          errorDescription: "you need to provide a valid access token or user credentials",
        }),
        /^HTTP 401: you need to provide a valid access token/,
      ],
      [
        answer(400, { error: "Bad Request", errorCode: 400, errorDescription: "Field 'message'" }),
        /^HTTP 400: Field 'message'$/,
      ],
      [
        answer(404, { error: "Not Found", errorCode: 404, errorDescription: "page not found" }),
        /404/,
      ],
    ],
    tooMany: answer(429, { error: "Too Many Requests", errorCode: 429 }, header),
    secrets: ["AKdxT.p4jVzuFLW"],
    wrap: (words) => ({ error: "Bad Request", errorCode: 400, errorDescription: words }),
  },
];
