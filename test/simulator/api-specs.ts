import { existsSync } from "node:fs";
import { join } from "node:path";

const besideTheCheckout = join(import.meta.dirname, "../../../shared/api");

/** Where RunPod's published schemas lie; undefined where no copy is at hand. */
export const apiSpecs =
  process.env["RUNPOD_API_SPECS"] ??
  (existsSync(besideTheCheckout) ? besideTheCheckout : undefined);
