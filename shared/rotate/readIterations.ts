import * as v from "valibot";
import type { SqlSession, Statement } from "./ports.ts";

/** Since PostgreSQL 16 a setting; before, every verifier that the server makes has 4096. */
const scramIterations: Statement = {
  name: "settings.iterations",
  sql: "select coalesce(pg_catalog.current_setting('scram_iterations', true), '4096') as \"iterations\"",
};

const Iterations = v.pipe(
  v.tuple([v.object({ iterations: v.pipe(v.string(), v.digits(), v.toNumber()) })]),
  v.transform(([{ iterations }]) => iterations),
);

/** How many iterations the server asks of a verifier. */
export async function readIterations(session: SqlSession, signal: AbortSignal): Promise<number> {
  return v.parse(Iterations, await session.run(scramIterations, [], signal));
}
