import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationDocs } from "./configurationDocs.ts";

const root = join(import.meta.dirname, "..");
for (const [path, text] of configurationDocs()) writeFileSync(join(root, path), text);
