import { execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join, relative } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The compiler's text about a large template is some 500 kB. */
const maxBuffer = 64 * 1024 * 1024;

/** What the compiler made, and every line that it wrote beside it: warnings and errors, one each. */
export interface Compiled {
  readonly output: string;
  readonly diagnostics: readonly string[];
}

/** The Bicep CLI of the one version that the repository is checked with. Paths are relative to its root. */
export interface BicepCompiler {
  /** Every `.bicep` file that the pattern matches. */
  lint(pattern: string): Promise<readonly string[]>;
  /** The template of one file, as JSON text. */
  build(path: string): Promise<Compiled>;
  buildParameters(path: string): Promise<Compiled>;
  /**
   * What a deployment would do, as far as it can be known beforehand, as JSON text.
   *
   * @param parameters text of a `.bicepparam` file for `infra/main.bicep`, without its `using`
   */
  evaluate(parameters: string): Promise<Compiled>;
}

/** What is on this machine: a compiler, or one sentence why there is none. */
export type FoundCompiler =
  { readonly found: true; readonly compiler: BicepCompiler } | { readonly found: false; readonly reason: string };

/**
 * Looks in `BICEP`, in `PATH` and where `dotnet restore .ci/bicep.csproj` puts it. Another version does not count.
 * Synchronous, because tests are registered so.
 */
export function findBicep(root: string): FoundCompiler {
  const version = pinnedVersion(root);
  const candidates = [...named(), ...inPath(), restored(root, version)].filter((path) => existsSync(path));
  for (const path of candidates) {
    if (versionOf(path) === version) return { found: true, compiler: bicepCompiler(path, root) };
  }
  return {
    found: false,
    reason: `Bicep ${version} is neither in BICEP nor in PATH nor restored (dotnet restore .ci/bicep.csproj).`,
  };
}

/** As `findBicep`, and fetches the compiler where it is missing and there is a .NET SDK. */
export function restoreBicep(root: string): FoundCompiler {
  const found = findBicep(root);
  if (found.found) return found;
  try {
    execFileSync("dotnet", ["restore", join(root, ".ci/bicep.csproj")], { cwd: root, stdio: "ignore" });
  } catch (cause) {
    return { found: false, reason: `${found.reason} Restoring it failed: ${sentenceOf(cause)}` };
  }
  return findBicep(root);
}

function sentenceOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "unknown reason";
}

function pinnedVersion(root: string): string {
  const project = readFileSync(join(root, ".ci/bicep.csproj"), "utf8");
  const version = /Include="Azure\.Bicep\.CommandLine\.linux-x64" Version="\[([\d.]+)\]"/.exec(project)?.[1];
  if (version === undefined) throw new Error(".ci/bicep.csproj names no version of Azure.Bicep.CommandLine.linux-x64.");
  return version;
}

function named(): readonly string[] {
  const path = process.env["BICEP"];
  return path === undefined || path === "" ? [] : [path];
}

function inPath(): readonly string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, "bicep"));
}

function restored(root: string, version: string): string {
  return join(root, ".pgwarden/nuget/azure.bicep.commandline.linux-x64", version, "tools/bicep");
}

/** Undefined for what is no Bicep CLI. */
function versionOf(path: string): string | undefined {
  try {
    chmodSync(path, 0o755); // a NuGet package holds no run bit
  } catch {
    // one that belongs to somebody else has it
  }
  try {
    const text = execFileSync(path, ["--version"], { env: environment(), encoding: "utf8" });
    return /version ([\d.]+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

/** It needs no culture data, which not every machine has. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" };
}

function bicepCompiler(path: string, root: string): BicepCompiler {
  async function bicep(args: readonly string[]): Promise<Compiled> {
    try {
      const { stdout, stderr } = await run(path, args, { cwd: root, env: environment(), maxBuffer });
      return { output: stdout, diagnostics: linesOf(stderr, root) };
    } catch (error) {
      if (!isFailure(error)) throw error;
      const diagnostics = linesOf(`${error.stderr}\n${error.stdout}`, root);
      return { output: "", diagnostics: diagnostics.length > 0 ? diagnostics : [`${path} failed without a word.`] };
    }
  }

  return {
    lint: async (pattern) => (await bicep(["lint", "--no-restore", "--pattern", pattern])).diagnostics,
    build: (file) => bicep(["build", "--no-restore", file, "--stdout"]),
    buildParameters: (file) => bicep(["build-params", "--no-restore", file, "--stdout"]),
    async evaluate(parameters) {
      await mkdir(join(root, ".pgwarden"), { recursive: true });
      const folder = await mkdtemp(join(root, ".pgwarden/evaluate-"));
      try {
        const file = join(folder, "main.bicepparam");
        const template = relative(folder, join(root, "infra/main.bicep"));
        await writeFile(file, `using '${template}'\n${parameters}`);
        const { diagnostics } = await bicep(["snapshot", file, "--mode", "overwrite", ...someDeployment]);
        const snapshot = join(folder, "main.snapshot.json");
        return { output: existsSync(snapshot) ? await readFile(snapshot, "utf8") : "", diagnostics };
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}

/** Where an evaluated deployment takes place. */
export const evaluatedSubscription = "11111111-1111-1111-1111-111111111111";
const someDeployment = [
  ...["--tenant-id", "22222222-2222-2222-2222-222222222222"],
  ...["--subscription-id", evaluatedSubscription],
  ...["--location", "westeurope"],
];

/** A process that ended with another code than 0; told by its form, since errors of other realms are no `Error` here. */
function isFailure(error: unknown): error is { readonly stdout: string; readonly stderr: string } {
  return typeof error === "object" && error !== null && "stderr" in error && "stdout" in error;
}

function linesOf(text: string, root: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.trim().replaceAll(`${root}/`, ""));
  return lines.filter((line) => line !== "");
}
