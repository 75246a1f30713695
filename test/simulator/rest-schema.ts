import { readFileSync } from "node:fs";
import { join } from "node:path";
import addFormats from "ajv-formats";
import { Ajv2020, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import type { Exchange } from "#simulator/exchange.ts";
import { apiSpecs } from "./api-specs.ts";
import { laterParameters, laterRoutes, type Operation, type Parameter } from "./rest-later.ts";

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const file = apiSpecs && join(apiSpecs, "runpod-rest-v2-openapi.json");
const isThere = file !== undefined;

/** For the titles of tests, so that nobody takes a check that did not happen for one that did. */
export const schemaSource = isThere
  ? "RunPod's OpenAPI file"
  : "not checked: RUNPOD_API_SPECS names no copy of RunPod's OpenAPI file";

const document = (isThere ? JSON.parse(readFileSync(file, "utf8")) : { paths: {} }) as {
  readonly paths: Paths;
  readonly components?: { readonly parameters: Readonly<Record<string, Parameter>> };
};
const paths: Paths = isThere ? { ...laterRoutes, ...document.paths } : {};
const asWritten = reader({});
/** Takes "true" for true, "5" for 5 and a word for a list of one, as a query has them. */
const fromText = reader({ coerceTypes: "array" });

/** Compiles schemas that may lean on the file; each only once. */
function reader(options: Options): (schema: object) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true, ...options });
  addFormats(ajv);
  ajv.addSchema({ ...document, paths }, "rest");
  const compiled = new Map<string, ValidateFunction>();
  return (schema) => {
    const key = JSON.stringify(schema);
    const validate = compiled.get(key) ?? ajv.compile(schema);
    compiled.set(key, validate);
    return validate;
  };
}

/** What RunPod's OpenAPI file does not know of a request and its answer; a broken answer is let be. */
export function restFaults(exchange: Exchange): readonly string[] {
  if (!isThere || exchange.path === "/v2/openapi.json") return [];
  const route = `${exchange.method} ${exchange.path}`;
  const path = Object.keys(paths).find((template) => fits(template, exchange.path));
  const method = exchange.method.toLowerCase();
  const operation = path === undefined ? undefined : paths[path]?.[method];
  if (path === undefined || operation === undefined) return [`${route}: no such route`];

  const place = `rest#/paths/${escaped(path)}/${method}`;
  return [
    ...queryFaults(exchange, path, place, operation),
    ...bodyFaults(exchange, place, operation),
    ...(exchange.fault === undefined ? answerFaults(exchange, place, operation) : []),
  ].map((words) => `${route}: ${words}`);
}

/** What a schema of the file says of a value, every field that it does not name being one too many. */
export function schemaFaults(name: string, value: unknown): readonly string[] {
  if (!isThere) return [];
  const schema = {
    allOf: [{ $ref: `rest#/components/schemas/${name}` }],
    unevaluatedProperties: false,
  };
  return faultsOf(schema, value);
}

function queryFaults(
  { query }: Exchange,
  path: string,
  place: string,
  { parameters = [] }: Operation,
) {
  const known = [
    ...parameters.map((one, index) => parameterAt(one, `${place}/parameters/${index}`)),
    ...(laterParameters[path] ?? []),
  ];
  return Object.entries(query).flatMap(([name, value]) => {
    const parameter = known.find((one) => one.name === name);
    return parameter === undefined
      ? [`the query has no ${name}`]
      : faultsOf({ properties: { [name]: parameter.schema } }, { [name]: value }, fromText);
  });
}

/** Its schema as a reference, so that the references in it lead somewhere. */
function parameterAt(parameter: Parameter | { readonly $ref: string }, place: string): Parameter {
  if (!("$ref" in parameter)) return { ...parameter, schema: { $ref: `${place}/schema` } };
  const name = parameter.$ref.split("/").at(-1) ?? "";
  const schema = { $ref: `rest${parameter.$ref}/schema` };
  return { name: document.components?.parameters[name]?.name ?? "", schema };
}

function bodyFaults({ requestBody }: Exchange, place: string, operation: Operation) {
  if (operation.requestBody === undefined) return requestBody === "" ? [] : ["takes no body"];
  return faultsOf(
    { $ref: `${place}/requestBody/content/application~1json/schema` },
    JSON.parse(requestBody),
  );
}

function answerFaults({ answer }: Exchange, place: string, { responses }: Operation) {
  if (answer === undefined) return [];
  const status = String(answer.status) in responses ? String(answer.status) : "default";
  if (answer.status === 204) return answer.body === "" ? [] : ["204 has no body"];
  if (!(status in responses)) return [`does not answer ${answer.status}`];

  const reply = answer.status < 400 ? "application/json" : "application/problem+json";
  if (answer.type !== reply) return [`answers ${answer.status} as ${answer.type}`];
  const schema =
    answer.status < 400
      ? { $ref: `${place}/responses/${status}/content/${escaped(reply)}/schema` }
      : { $ref: "rest#/components/schemas/ErrorResponse" };
  return faultsOf(schema, JSON.parse(answer.body));
}

function faultsOf(schema: object, value: unknown, read = asWritten): readonly string[] {
  const validate = read(schema);
  validate(value);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath || "/"} ${message} ${JSON.stringify(params)}`,
  );
}

function fits(template: string, path: string): boolean {
  const [wanted, given] = [template.split("/"), path.split("/")];
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith("{") || part === given[index])
  );
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
