import * as z from "zod";
import { publicUrlFault } from "./public-url.ts";
import { listenOf } from "./listen.ts";

const text = z.string().min(1);

/** Where the page, the API and the metrics are served. That no secret stands in it itself is meant: the config is shown to people. */
export const httpSchema = z
  .strictObject({
    listen: z
      .string()
      .superRefine((words, context) => {
        const found = listenOf(words);
        if (found.kind === "fault") context.addIssue({ code: "custom", message: found.because });
      })
      .default("127.0.0.1:8092")
      .describe("The IP address and port to listen on; localhost too."),
    token_env: text.optional().describe("The variable that holds the token."),
    token_file: text.optional().describe("A file that holds the token and nothing else."),
    activity_token_env: text
      .optional()
      .describe("The variable that holds the token of jobs in pods."),
    activity_token_file: text
      .optional()
      .describe("A file that holds it; it can only say that a pod works."),
    metrics_token_env: text.optional().describe("The variable that holds the token of Prometheus."),
    metrics_token_file: text
      .optional()
      .describe("A file that holds it; it can only read /metrics and /health."),
    allow_remote: z
      .boolean()
      .default(false)
      .describe("true: it may listen beyond this machine. Put TLS before it."),
    public_url: z
      .string()
      .superRefine((url, context) => {
        const message = publicUrlFault(url);
        if (message !== undefined) context.addIssue({ code: "custom", message });
      })
      .optional()
      .describe("The address under which you reach it from elsewhere."),
  })
  .superRefine(({ listen, allow_remote }, context) => {
    const found = listenOf(listen);
    if (found.kind === "fault" || found.isLoopback || allow_remote) return;
    context.addIssue({
      code: "custom",
      path: ["listen"],
      message:
        'reaches beyond this machine, and whoever listens on the way sees all that is sent. Keep it at 127.0.0.1 behind a reverse proxy with TLS or Tailscale, or set "allow_remote": true (docs/page.md)',
    });
  });
