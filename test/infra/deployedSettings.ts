import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const Site = v.object({
  properties: v.object({
    siteConfig: v.object({ appSettings: v.array(v.object({ name: v.string(), value: v.string() })) }),
  }),
});
const Resources = v.object({ resources: v.record(v.string(), v.unknown()) });
const Module = v.object({ properties: v.object({ template: Resources }) });

/** The app's settings as the compiled template holds them: name → text, or an ARM expression in brackets. */
export function deployedSettings(root: string): ReadonlyMap<string, string> {
  const template = v.parse(Resources, JSON.parse(readFileSync(join(root, "infra/azuredeploy.json"), "utf8")));
  const { properties } = v.parse(Module, template.resources["functionApp"]);
  const { siteConfig } = v.parse(Site, properties.template.resources["app"]).properties;
  return new Map(siteConfig.appSettings.map(({ name, value }) => [name, value]));
}
