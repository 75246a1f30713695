import * as z from "zod";
import { timeZoneFault } from "#config/channels/day-times.ts";

/** The name of a time zone; without one, this machine's. */
export const timeZone = z
  .string()
  .superRefine((name, context) => {
    const message = timeZoneFault(name);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .optional();
