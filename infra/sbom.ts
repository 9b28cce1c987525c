import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Enums, Models, Serialize, Spec, SPDX } from "@cyclonedx/cyclonedx-library";
import type { Metafile } from "esbuild";
import * as v from "valibot";

const Manifest = v.object({ name: v.string(), version: v.string(), license: v.string() });
type Manifest = v.InferOutput<typeof Manifest>;

const Lock = v.object({ packages: v.record(v.string(), v.object({ integrity: v.optional(v.string()) })) });

/** A package of which the bundle holds at least one byte. */
interface BundledPackage {
  readonly manifest: Manifest;
  /** SHA-512 of the package as it was fetched, in hexadecimal; null for one that no registry gave. */
  readonly sha512: string | null;
}

/**
 * Writes the list of what is really in the bundle, as CycloneDX JSON. The same bundle gives the same bytes: no time, no
 * serial number.
 *
 * @param metafile esbuild's, of the build that made the bundle
 */
export async function writeSbom(root: string, metafile: Metafile, path: string): Promise<void> {
  const lock = v.parse(Lock, JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")));
  const folders = bundledFolders(metafile);
  const packages = await Promise.all(
    folders.map(async (folder): Promise<BundledPackage> => {
      const integrity = lock.packages[folder]?.integrity;
      return { manifest: await manifestOf(join(root, folder)), sha512: sha512Of(integrity) };
    }),
  );
  await writeFile(path, `${sbomText(await manifestOf(root), packages)}\n`);
}

async function manifestOf(folder: string): Promise<Manifest> {
  return v.parse(Manifest, JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
}

/** Folders of packages, `node_modules/…`, that gave the bundle bytes; a file that was shaken out whole counts not. */
export function bundledFolders({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const files = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/** The lock file writes `sha512-` and base64. */
function sha512Of(integrity: string | undefined): string | null {
  const base64 = /^sha512-(?<base64>\S+)$/.exec(integrity ?? "")?.groups?.["base64"];
  return base64 === undefined ? null : Buffer.from(base64, "base64").toString("hex");
}

function sbomText(product: Manifest, packages: readonly BundledPackage[]): string {
  const application = component(Enums.ComponentType.Application, product, null);
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: application }) });
  for (const { manifest, sha512 } of packages) {
    const library = component(Enums.ComponentType.Library, manifest, sha512);
    bom.components.add(library);
    application.dependencies.add(library.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return serializer.serialize(bom, { sortLists: true, space: 2 });
}

function component(
  type: Enums.ComponentType,
  { name, version, license }: Manifest,
  sha512: string | null,
): Models.Component {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const [group, ownName] = name.startsWith("@")
    ? [name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)]
    : [undefined, name];
  return new Models.Component(type, ownName, {
    ...(group !== undefined && { group }),
    version,
    purl,
    bomRef: purl,
    licenses: new Models.LicenseRepository([licenseOf(license)]),
    ...(sha512 !== null && { hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-512"], sha512]]) }),
  });
}

function licenseOf(license: string): Models.License {
  if (SPDX.isSupportedSpdxId(license)) return new Models.SpdxLicense(license);
  return / (?:AND|OR|WITH) /.test(license) ? new Models.LicenseExpression(license) : new Models.NamedLicense(license);
}
