import * as z from "zod";

/**
 * The keys that an object at this path may have, by its own `type` where that decides; none where the
 * schema has no object.
 */
export function knownKeys(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
  value: unknown,
): readonly string[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodDefault
  ) {
    return knownKeys(schema.unwrap(), path, value);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const option = schema.options.find((each) => takes(each, schema.def.discriminator, value));
    return option === undefined ? [] : knownKeys(option, path, value);
  }
  const [key, ...rest] = path;
  const inside = key === undefined ? undefined : within(value, key);
  if (schema instanceof z.ZodArray) return knownKeys(schema.element, rest, inside);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape = schema.shape as Readonly<Record<PropertyKey, z.core.$ZodType>>;
  if (key === undefined) return Object.keys(shape);
  const inner = shape[key];
  return inner === undefined ? [] : knownKeys(inner, rest, inside);
}

function takes(option: z.core.$ZodType, discriminator: string, value: unknown): boolean {
  if (!(option instanceof z.ZodObject)) return false;
  const decider = option.shape[discriminator] as z.ZodType | undefined;
  return decider?.safeParse(within(value, discriminator)).success === true;
}

function within(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
