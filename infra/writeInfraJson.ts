import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { infraJson } from "./infraJson.ts";

const root = join(import.meta.dirname, "..");
for (const [path, text] of infraJson()) writeFileSync(join(root, path), text);
