import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { alertDocs } from "./alertDocs.ts";
import { databaseSql } from "./databaseSql.ts";
import { infraJson } from "./infraJson.ts";
import { sentinelRules } from "./sentinelRules.ts";

const root = join(import.meta.dirname, "..");
const files = [...infraJson(), ...databaseSql(), ...alertDocs(root), ...sentinelRules(root)];
for (const [path, text] of files) writeFileSync(join(root, path), text);
