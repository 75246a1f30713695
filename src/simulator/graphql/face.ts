import { graphqlSync } from "graphql";
import type { SimulatedAccount } from "#simulator/account.ts";
import type { Face } from "#simulator/face.ts";
import { json, type Answer } from "#simulator/sending.ts";
import { askedIn, type Asked } from "./asked.ts";
import { brokenAnswer, refusal, retiredAnswer } from "./broken-answers.ts";
import { concerns, isOf, purposeOf } from "./concerns.ts";
import { rootOf } from "./root.ts";
import { schema } from "./schema.ts";

export interface GraphqlOptions {
  readonly account: SimulatedAccount;
  readonly apiKey: string;
  readonly readOnly: boolean;
  /** Whether the members of clusters stand among the pods. */
  showsClusterPods(): boolean;
}

/** RunPod's GraphQL interface: one path, one method, all in the body. */
export function graphqlFace(options: GraphqlOptions): Face {
  const { account, readOnly } = options;

  function answer(
    authorization: string | undefined,
    asked: Asked | undefined,
    lies: boolean,
  ): Answer {
    if (authorization !== `Bearer ${options.apiKey}`) return refusal(401, "Unauthorized");
    if (asked === undefined) return refusal(400, "The body must be JSON with a query");

    const result = graphqlSync({
      schema,
      source: asked.query,
      rootValue: rootOf({
        account,
        readOnly,
        lies,
        showsClusterPods: options.showsClusterPods(),
      }),
      variableValues: asked.variables,
      operationName: asked.operationName,
    });
    return json(result.data === undefined ? 400 : 200, result);
  }

  return {
    api: "graphql",
    retired: retiredAnswer,
    read({ authorization, body }) {
      const asked = askedIn(body);
      const query = asked?.query ?? "";
      const variables = asked?.variables ?? {};
      const podId = variables["podId"] ?? /\bpodId: *"([^"]*)"/.exec(query)?.[1];
      return {
        api: "graphql",
        does: purposeOf(query),
        podId: typeof podId === "string" ? podId : undefined,
        document: { query, variables },
        concerns: (fault) => concerns(query, fault),
        isOf: (only) => isOf(query, only),
        answer: ({ lies }) => answer(authorization, asked, lies),
        broken: (fault) =>
          brokenAnswer(fault, ({ lies } = { lies: false }) => answer(authorization, asked, lies)),
      };
    },
  };
}
