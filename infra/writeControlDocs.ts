import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../shared/controls/catalogue.ts";
import { controlDocs, controlDocsPath } from "./controlDocs.ts";

writeFileSync(join(import.meta.dirname, "..", controlDocsPath), controlDocs(catalogue));
