import { createHash, randomBytes } from "node:crypto";
import {
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type InputRequiredResult,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as z from "zod";

/** As long as a quote is good. */
export const patienceMs = 300_000;

type Answer = "not-asked" | "yes" | "no" | "dismissed";

/** Puts a question to the person behind the client, and knows the answer again. */
export interface Asking {
  /** For the SDK: only what was asked here is an answer. */
  readonly codec: RequestStateCodec<Asked>;
  /** What the person has answered to the question about exactly this. */
  readonly answerTo: (about: unknown, context: ServerContext) => Answer;
  readonly ask: (about: unknown, message: string) => Promise<InputRequiredResult>;
}

interface Asked {
  readonly about: string;
}

const question = "start";
const form = z.object({ confirm: z.boolean().describe("Start this pod, at this price") });

/** Of one process: an answer to another's question is none. */
export function createAsking(): Asking {
  const codec = createRequestStateCodec<Asked>({
    key: randomBytes(32),
    ttlSeconds: patienceMs / 1_000,
  });
  return {
    codec,
    answerTo(about, { mcpReq }) {
      const asked = mcpReq.requestState<Asked>();
      if (asked === undefined || asked.about !== markOf(about)) return "not-asked";
      const answer = inputResponse(mcpReq.inputResponses, question);
      if (answer.kind !== "elicit") return "not-asked";
      if (answer.action === "cancel") return "dismissed";
      const isYes = answer.action === "accept" && form.safeParse(answer.content).data?.confirm;
      return isYes === true ? "yes" : "no";
    },
    async ask(about, message) {
      return inputRequired({
        inputRequests: {
          [question]: inputRequired.elicit({ message, requestedSchema: form }),
        },
        requestState: await codec.mint({ about: markOf(about) }),
      });
    },
  };
}

/** The client reads it, and what it is about may hold secrets. */
function markOf(about: unknown): string {
  return createHash("sha256").update(JSON.stringify(about)).digest("hex");
}
