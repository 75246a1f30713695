import * as z from "zod";

/** The keys that an object at this path may have; none where the schema has no object. */
export function knownKeys(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): readonly string[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodDefault
  ) {
    return knownKeys(schema.unwrap(), path);
  }
  const [key, ...rest] = path;
  if (schema instanceof z.ZodArray) return knownKeys(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape = schema.shape as Readonly<Record<PropertyKey, z.core.$ZodType>>;
  if (key === undefined) return Object.keys(shape);
  const inner = shape[key];
  return inner === undefined ? [] : knownKeys(inner, rest);
}
