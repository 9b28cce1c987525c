import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { databaseSql } from "./databaseSql.ts";
import { infraJson } from "./infraJson.ts";

const root = join(import.meta.dirname, "..");
for (const [path, text] of [...infraJson(), ...databaseSql()]) writeFileSync(join(root, path), text);
