export interface Parameter {
  readonly name: string;
  readonly schema: object;
}

/** What is read here of an operation in an OpenAPI file. */
export interface Operation {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}

// What RunPod's documents tell and the copy of the OpenAPI file is too old for.

function answers(
  properties: Readonly<Record<string, object>>,
): Readonly<Record<string, Operation>> {
  const schema = { type: "object", required: Object.keys(properties), properties };
  const ok = { description: "OK", content: { "application/json": { schema } } };
  return { get: { responses: { "200": ok, default: { description: "Error" } } } };
}

const balance = answers({
  balanceAmount: { type: "number" },
  billingMode: { enum: ["PREPAID", "POSTPAID"] },
});

/** The balance stands at the path that is tried last, and at those to which tests put it. */
export const laterRoutes: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/v2/billing/balance": balance,
  "/v2/account/balance": balance,
  "/v2/account/limits": answers({ spendRate: { type: "number" } }),
};

/** Lists of pods come in pages. */
export const laterParameters: Readonly<Record<string, readonly Parameter[]>> = {
  "/v2/pods": [
    { name: "cursor", schema: { type: "string" } },
    { name: "limit", schema: { type: "integer", minimum: 1 } },
  ],
};
