import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, isInputObjectType, isObjectType, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { createDocument, offersDocument, sshDocument } from "#runpod/graphql/launch/documents.ts";
import { balanceDocument, endDocuments, lookDocument } from "#runpod/graphql/look.ts";
import { pricesDocument } from "#runpod/graphql/prices.ts";
import { spendLimitDocument } from "#runpod/graphql/spend-limit.ts";
import { measureDocument } from "#runpod/graphql/telemetry.ts";
import { schema as simulated } from "#simulator/graphql/schema.ts";

/** Where RunPod's published schema lies; without it the simulator's stands in for it here. */
const specs = process.env["RUNPOD_API_SPECS"];
const published =
  specs === undefined
    ? simulated
    : buildSchema(readFileSync(join(specs, "runpod.graphql"), "utf8"));
const source = specs === undefined ? "the simulator's, RUNPOD_API_SPECS is not set" : "RunPod's";

const documents: readonly (readonly [string, string])[] = [
  ["the look", lookDocument],
  ["the balance alone", balanceDocument],
  ["the measurement", measureDocument],
  ["the prices", pricesDocument],
  ["the spend limit", spendLimitDocument],
  ["a stop", endDocuments.stop],
  ["a termination", endDocuments.terminate],
  ["the offers", offersDocument],
  ["an order", createDocument],
  ["the way in", sshDocument],
];

describe(`the schema (${source})`, () => {
  it.each(documents)("knows everything that %s asks for", (_sentence, document) => {
    expect(validate(published, parse(document))).toEqual([]);
  });

  it.each(documents)("keeps its secrets: %s asks for none", (_sentence, document) => {
    expect(document).not.toMatch(/\b(env|apiKey)\b/);
  });

  it("knows everything that the simulator takes of an order", () => {
    const inputs = [simulated, published].map((schema) => {
      const type = schema.getType("PodFindAndDeployOnDemandInput");
      return isInputObjectType(type) ? Object.values(type.getFields()) : [];
    });
    const [ours = [], theirs = []] = inputs.map((fields) =>
      fields.map(({ name, type }) => `${name}: ${String(type)}`),
    );

    expect(ours.length).toBeGreaterThan(10);
    expect(theirs).toEqual(expect.arrayContaining(ours));
  });

  it("has the simulator's types, wherever it has them", () => {
    const types = Object.values(simulated.getTypeMap()).filter(
      (type) => isObjectType(type) && !type.name.startsWith("__"),
    );

    const differences = types.filter(isObjectType).flatMap((type) => {
      const real = published.getType(type.name);
      if (!isObjectType(real)) return [];
      return Object.values(type.getFields()).flatMap(({ name, type: ours }) => {
        const [theirs, simulatedType] = [String(real.getFields()[name]?.type), String(ours)];
        return theirs === simulatedType
          ? []
          : [`${type.name}.${name}: ${theirs}, not ${simulatedType}`];
      });
    });

    expect(differences).toEqual([]);
  });
});
