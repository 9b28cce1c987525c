import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { zipSync } from "fflate";
import * as v from "valibot";
import { parse } from "yaml";
import { configurationFor, configurationPath, deploymentFiles } from "../../infra/deployment.ts";
import { loadConfig } from "../../shared/config/loadConfig.ts";
import { repository } from "../describeBicep.ts";

const subscriptionId = "11111111-2222-3333-4444-555555555555";
const first = readFileSync(join(repository, configurationPath), "utf8");

describe("configurationFor", () => {
  it("puts the subscription that is deployed to in the place of the zeros, and keeps the rest", () => {
    const filled = configurationFor(first, subscriptionId);

    expect(loadConfig(filled, "pgwarden.yaml").scope.subscriptions).toEqual([subscriptionId]);
    expect(filled.split("\n").length).toBe(first.split("\n").length);
    expect(configurationFor(filled, "99999999-2222-3333-4444-555555555555")).toBe(filled);
  });

  it("refuses zeros that nothing replaces", () => {
    expect(() => configurationFor(first, undefined)).toThrow("The zeros stand for no subscription");
  });

  it("refuses a faulty file before anything is deployed", () => {
    expect(() => configurationFor(`${first}\nscopes: {}\n`, subscriptionId)).toThrow("infra/pgwarden.yaml");
  });
});

describe("infra/pgwarden.yaml", () => {
  it("says what main.bicep and the app do without it", () => {
    const Defaults = v.object({
      parameters: v.record(v.string(), v.object({ defaultValue: v.optional(v.unknown()) })),
    });
    const template = readFileSync(join(repository, "infra/azuredeploy.json"), "utf8");
    const { parameters } = v.parse(Defaults, JSON.parse(template));
    const config = loadConfig(first, configurationPath);
    const bare = loadConfig(`scope: { subscriptions: ["${subscriptionId}"] }\n`, configurationPath);

    expect([config.schedule, config.postgres]).toEqual([bare.schedule, bare.postgres]);
    expect(parameters["scanSchedule"]?.defaultValue).toBe(config.schedule.scan);
    expect(parameters["rotateSchedule"]?.defaultValue).toBe(config.schedule.rotate);
    expect(parameters["recoverSchedule"]?.defaultValue).toBe(config.schedule.recover);
    expect(parameters["stateContainer"]?.defaultValue).toBe(config.publish.state.container);
    expect(parameters["auditContainer"]?.defaultValue).toBe(config.publish.audit.container);
    expect(parameters["scannerName"]?.defaultValue).toBe("[format('{0}-scanner', parameters('name'))]");
    expect(`${String(parameters["name"]?.defaultValue)}-scanner`).toBe(config.postgres.role);
    expect(parameters["rotatorName"]?.defaultValue).toBe("[format('{0}-rotator', parameters('name'))]");
    expect(`${String(parameters["name"]?.defaultValue)}-rotator`).toBe(config.postgres.rotatorRole);
  });
});

describe("deploymentFiles", () => {
  it("is the package, unpacked, with the configuration beside it", () => {
    const zip = zipSync({ "host.json": Buffer.from("{}"), "dist/main.mjs": Buffer.from("code") });

    const files = deploymentFiles(zip, "scope: {}");

    const texts = [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]);
    expect(Object.fromEntries(texts)).toEqual({
      "host.json": "{}",
      "dist/main.mjs": "code",
      "pgwarden.yaml": "scope: {}",
      ".funcignore": "package-lock.json\n",
    });
  });
});

const Azd = v.object({
  infra: v.object({ path: v.string(), module: v.string() }),
  hooks: v.record(v.string(), v.record(v.string(), v.object({ run: v.string() }))),
  services: v.record(v.string(), v.object({ project: v.string(), remoteBuild: v.literal(false) })),
});

describe("azure.yaml", () => {
  const azd = v.parse(Azd, parse(readFileSync(join(repository, "azure.yaml"), "utf8")));
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
    scripts: Readonly<Record<string, string>>;
  };

  it("deploys to the app that the template tags, from the folder that is prepared", () => {
    const template = readFileSync(join(repository, "infra/main.bicep"), "utf8");
    const [name, service] = Object.entries(azd.services)[0] ?? [];

    expect(template).toContain(`azdServiceName: '${name ?? ""}'`);
    expect(service?.project).toBe("./dist/app");
    expect(existsSync(join(repository, azd.infra.path, `${azd.infra.module}.bicep`))).toBe(true);
  });

  it("runs scripts that there are, the same on every system", () => {
    const runs = Object.values(azd.hooks).flatMap((hook) => Object.values(hook).map(({ run }) => run));
    const named = runs.flatMap((run) => [...run.matchAll(/npm run (?<script>[\w:]+)/g)].map((match) => match[1] ?? ""));

    const files = runs.flatMap((run) => [...run.matchAll(/npx tsx (?<path>\S+)/g)].map((match) => match[1] ?? ""));

    expect(named).toContain("package");
    expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
    expect(files).toContain("infra/prepareDeployment.ts");
    expect(files.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
    for (const { posix, windows } of Object.values(azd.hooks)) expect(posix?.run).toBe(windows?.run);
  });
});
