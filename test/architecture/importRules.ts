import { posix } from "node:path";
import { sourceFacts, type SourceFacts, type SourceImport, type UseKind } from "./sourceFacts.ts";

/** A folder of `shared`, `functions`, or `wiring` for the files directly in `shared`. */
type Area = string;

const core = ["model", "controls", "evaluate", "access", "diff"];
const stages = ["inventory", "collect", "publish", "rotate"];
const adapters = ["azure", "postgres", "config"];

/** Which areas one may import beside itself; an area that is not named here is a violation. */
const mayImport: Readonly<Record<Area, readonly Area[]>> = {
  model: [],
  access: ["model"],
  controls: ["model", "access"],
  evaluate: ["model", "access", "controls"],
  diff: ["model", "access", "controls"],
  collect: core,
  inventory: [...core, "collect"], // both read Resource Manager, through one port
  publish: [...core, "rotate"], // the rows of a rotation are made from its steps
  rotate: ["model"],
  azure: ["model", ...stages], // of a stage only what `portOnly` leaves
  postgres: ["model", ...stages],
  config: ["model"],
  runs: [...core, ...stages], // adapters reach a run as ports
  wiring: [...core, ...stages, ...adapters, "runs"],
  functions: ["model", "publish", "config", "runs", "wiring"],
  cli: [...core, ...stages, "config", "runs", "wiring", "local"],
  local: [...core, ...stages, ...adapters, "runs", "wiring", "functions", "cli"],
};

const pure = ["access", "controls", "evaluate", "diff"];
const thin = ["inventory", "collect", "publish", "rotate", "runs", "functions"];
const allButModel = Object.keys(mayImport).filter((area) => area !== "model");

function allBut(...areas: readonly Area[]): readonly Area[] {
  return allButModel.filter((area) => !areas.includes(area));
}

/** The only homes of each package. A name that ends with a slash stands for its whole scope. */
const packageHomes: Readonly<Record<string, readonly Area[]>> = {
  pg: ["postgres", "local"],
  "@azure/functions": ["functions", "local"],
  "@azure/": ["azure", "local"],
  hono: ["local"],
  "@hono/": ["local"],
  "@peculiar/": ["local"],
  "reflect-metadata": ["local"],
  azurite: ["local"],
  fflate: ["local"],
  commander: ["cli"],
  listr2: ["cli"],
  "cli-table3": ["cli"],
  yaml: ["config", "local"],
  croner: ["config", "rotate", "runs", "local"],
  "p-limit": ["inventory", "collect", "azure", "postgres", "runs"],
  uuid: ["wiring"],
  "ipaddr.js": [...pure, "collect", "publish", "config", "azure", "postgres", "local"],
  valibot: allBut("access", "controls", "evaluate"), // snapshots come back from storage into diff
  "node:crypto": allButModel,
  "node:zlib": allBut(...pure),
  "node:path": allBut(...pure),
  "node:util": allBut(...pure),
  "node:url": allBut(...pure),
  "node:": allBut(...pure, ...thin), // files, sockets, processes
};

/** Where each kind of use is at home; the others may not. */
const useHomes: Readonly<Record<UseKind, readonly Area[]>> = {
  async: allBut(...pure),
  effect: allBut(...pure),
  process: allBut(...pure, "inventory", "collect", "publish", "rotate"),
  environment: ["config", "local"],
  console: ["cli"],
  clock: ["wiring", "local", "cli"],
  randomness: ["wiring", "local", "cli"],
};

const entry = "functions/main.ts";

/**
 * What breaks the architecture, one sentence each: `shared/x/y.ts:12 …`.
 *
 * @param files every source file of `shared` and `functions`, by path with forward slashes
 */
export function violations(files: ReadonlyMap<string, string>): readonly string[] {
  const facts = new Map([...files].map(([path, text]) => [path, sourceFacts(path, text)]));
  const perFile = [...facts].flatMap(([path, file]) => [
    ...importViolations(path, file, facts),
    ...useViolations(path, file),
    ...file.reExports.map((line) => `${path}:${line} exports what another file declares; import the file itself.`),
  ]);
  return [...perFile, ...localViolations(facts)];
}

function importViolations(path: string, file: SourceFacts, facts: ReadonlyMap<string, SourceFacts>): readonly string[] {
  const area = areaOf(path);
  const allowed = mayImport[area];
  if (allowed === undefined) return [`${path}:1 lies in ${area}, which has no row in the table of areas.`];
  return file.imports.flatMap((found) => {
    const at = `${path}:${found.line}`;
    const { specifier } = found;
    if (specifier === undefined) return [`${at} computes what it imports.`];
    if (!specifier.startsWith(".")) return packageViolations(at, area, specifier, found);
    const target = posix.join(posix.dirname(path), specifier);
    if (!facts.has(target))
      return target.endsWith(".json") ? [] : [`${at} imports ${specifier}, which leads to no file.`];
    if (found.bare && path !== entry) return [`${at} imports ${specifier} for its effects only.`];
    return edgeViolations(at, area, target, found);
  });
}

function edgeViolations(at: string, area: Area, target: string, { typeOnly }: SourceImport): readonly string[] {
  const other = areaOf(target);
  if (other === area) return [];
  if (mayImport[area]?.includes(other) !== true) return [`${at} is in ${area} and imports ${other} (${target}).`];
  const isPort = typeOnly || target.endsWith("Error.ts");
  const portOnly = adapters.includes(area) && stages.includes(other);
  return portOnly && !isPort ? [`${at} is an adapter and takes more than types and errors from ${target}.`] : [];
}

function packageViolations(at: string, area: Area, specifier: string, found: SourceImport): readonly string[] {
  const key = homeKey(specifier);
  if (key === undefined) return [`${at} imports ${specifier}, which has no home in the table of packages.`];
  if (packageHomes[key]?.includes(area) !== true) return [`${at} is in ${area} and imports ${specifier}.`];
  if (!pure.includes(area) || specifier !== "node:crypto") return [];
  const strange = found.names.filter((name) => name !== "createHash");
  return strange.length === 0 ? [] : [`${at} is in ${area} and takes ${strange.join(", ")} from ${specifier}.`];
}

/** The longest key that fits: the package itself, a file in it, or its scope. */
function homeKey(specifier: string): string | undefined {
  return Object.keys(packageHomes)
    .filter((key) =>
      /[/:]$/.test(key) ? specifier.startsWith(key) : specifier === key || specifier.startsWith(`${key}/`),
    )
    .toSorted((a, b) => b.length - a.length)[0];
}

function useViolations(path: string, { uses }: SourceFacts): readonly string[] {
  const area = areaOf(path);
  return uses
    .filter(({ kind }) => !useHomes[kind].includes(area))
    .map(({ kind, what, line }) => `${path}:${line} is in ${area} and uses ${what} (${kind}).`);
}

/** The chain by which what is deployed reaches the local Azure, if it does; types count. */
function localViolations(facts: ReadonlyMap<string, SourceFacts>): readonly string[] {
  const reachedFrom = new Map<string, string | undefined>(facts.has(entry) ? [[entry, undefined]] : []);
  for (const path of reachedFrom.keys()) {
    if (areaOf(path) === "local") return [`${entry} reaches the local Azure: ${chain(path, reachedFrom).join(" > ")}.`];
    for (const { specifier } of facts.get(path)?.imports ?? []) {
      if (specifier?.startsWith(".") !== true) continue;
      const target = posix.join(posix.dirname(path), specifier);
      if (facts.has(target) && !reachedFrom.has(target)) reachedFrom.set(target, path);
    }
  }
  return [];
}

function chain(path: string, reachedFrom: ReadonlyMap<string, string | undefined>): readonly string[] {
  const before = reachedFrom.get(path);
  return before === undefined ? [path] : [...chain(before, reachedFrom), path];
}

function areaOf(path: string): Area {
  const [top = "", folder = ""] = path.split("/");
  if (["shared/wiring.ts", "shared/commandWiring.ts", "shared/rotationWiring.ts"].includes(path)) return "wiring";
  return top === "shared" ? folder : top;
}
