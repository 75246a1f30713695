import { jsonSchema } from "#config/schema.ts";

/** What is used of the config's JSON Schema. */
interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface ConfigKey {
  readonly name: string;
  readonly isRequired: boolean;
  /** As JSON; undefined when there is none. */
  readonly default: string | undefined;
  /** What it means, and between which values it must be. */
  readonly meaning: string;
}

const root: Node = jsonSchema();

/** The keys of the object at a place in the config: `guards.idle`, `thresholds[]`; "." is the whole. */
export function keysAt(place: string): readonly ConfigKey[] {
  const { properties = {}, required = [] } = objectIn(nodeAt(place));
  return Object.entries(properties).map(([name, node]) => ({
    name,
    isRequired: required.includes(name) && node.default === undefined,
    default: node.default === undefined ? undefined : JSON.stringify(node.default),
    meaning: meaningOf(node),
  }));
}

/** Every place in the config that has keys of its own. */
export function placesInConfig(place = "."): readonly string[] {
  const inner = Object.entries(objectIn(nodeAt(place)).properties ?? {}).flatMap(([name, node]) => {
    const at = place === "." ? name : `${place}.${name}`;
    if (objectIn(node).properties !== undefined) return placesInConfig(at);
    return objectIn(node.items ?? {}).properties === undefined ? [] : placesInConfig(`${at}[]`);
  });
  return [place, ...inner];
}

function nodeAt(place: string): Node {
  const steps = place.split(/\.|(?=\[\])/).filter((step) => step !== "");
  return steps.reduce((node, step) => {
    const inside = objectIn(node);
    const next = step === "[]" ? inside.items : inside.properties?.[step];
    if (next === undefined) throw new Error(`the config has no ${place}`);
    return next;
  }, root);
}

/** Whether a key may be null as well does not matter here. */
function objectIn(node: Node): Node {
  return node.anyOf?.[0] ?? node;
}

function meaningOf(node: Node): string {
  const { description = "" } = node;
  const limits = limitsOf(node, description);
  return limits === "" ? description : `${description.replace(/\.$/, "")} (${limits}).`;
}

function limitsOf(
  { minimum = 0, maximum = Infinity, enum: words }: Node,
  description: string,
): string {
  if (words !== undefined) {
    return words.filter((word) => !description.includes(word)).join(", ");
  }
  const hasTop = maximum < Number.MAX_SAFE_INTEGER;
  if (minimum > 0) return hasTop ? `${minimum} to ${maximum}` : `at least ${minimum}`;
  return hasTop ? `at most ${maximum}` : "";
}
