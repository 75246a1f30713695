import * as z from "zod";

/** What a command can be given, and what nothing else in a message is taken for. */
export const oneWord = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u,
    "must be one word of letters, digits, dots, _ and -, of at most 40 characters",
  );
