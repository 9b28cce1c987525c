import * as v from "valibot";
import type { BicepCompiler } from "../../infra/bicepCompiler.ts";

const Resource = v.looseObject({
  id: v.optional(v.string(), ""),
  type: v.string(),
  name: v.optional(v.string(), ""),
  location: v.optional(v.string()),
  properties: v.optional(v.record(v.string(), v.unknown()), {}),
});
type Resource = v.InferOutput<typeof Resource>;

const Snapshot = v.object({ predictedResources: v.array(Resource) });

/** A deployment of infra/main.bicep, evaluated without Azure; what only Azure knows stays an expression. */
export interface Evaluated {
  readonly faults: readonly string[];
  /** Every resource of a type, such as `Microsoft.KeyVault/vaults`. */
  of(type: string): readonly Resource[];
  /** The only one of a type. */
  one(type: string): Resource;
}

export async function evaluate(compiler: BicepCompiler, parameters: string): Promise<Evaluated> {
  const { output, diagnostics } = await compiler.evaluate(parameters);
  const resources = output === "" ? [] : v.parse(Snapshot, JSON.parse(output)).predictedResources;
  function all(type: string): readonly Resource[] {
    return resources.filter((resource) => resource.type === type);
  }
  return {
    faults: diagnostics,
    of: all,
    one(type) {
      const [resource, ...others] = all(type);
      if (resource === undefined || others.length > 0) throw new Error(`There are ${others.length} others of ${type}.`);
      return resource;
    },
  };
}
