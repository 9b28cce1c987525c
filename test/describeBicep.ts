import { join } from "node:path";
import { describe, it } from "@jest/globals";
import { type BicepCompiler, findBicep } from "../infra/bicepCompiler.ts";

export const repository = join(__dirname, "..");

/**
 * A block of tests that needs the Bicep compiler. Where there is none the block is skipped by name; with
 * REQUIRE_BICEP=1 it fails while tests are registered.
 */
export function describeBicep(
  name: string,
  block: (compiler: BicepCompiler) => void,
  bicep = findBicep(repository),
): void {
  if (bicep.found) {
    const { compiler } = bicep;
    describe(name, () => {
      block(compiler);
    });
  } else if (process.env["REQUIRE_BICEP"] === "1") throw new Error(bicep.reason);
  else
    describe.skip(name, () => {
      it(bicep.reason, () => undefined);
    });
}
