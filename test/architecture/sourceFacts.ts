import ts from "typescript";

export interface SourceImport {
  /** Undefined when it is computed. */
  readonly specifier: string | undefined;
  readonly typeOnly: boolean;
  /** Only for its effects: `import "./x.ts"`. */
  readonly bare: boolean;
  /** Imported names; `default` and `*` for the whole module. */
  readonly names: readonly string[];
  readonly line: number;
}

export type UseKind = "async" | "console" | "process" | "environment" | "clock" | "randomness" | "effect";

export interface SourceUse {
  readonly kind: UseKind;
  readonly what: string;
  readonly line: number;
}

/** What the rules ask of one file. */
export interface SourceFacts {
  readonly imports: readonly SourceImport[];
  readonly uses: readonly SourceUse[];
  /** Lines that export what another file declares. */
  readonly reExports: readonly number[];
}

const clockProperties = new Set([
  "Date.now",
  "performance.now",
  "performance.timeOrigin",
  "process.hrtime",
  "process.uptime",
  "Temporal.Now",
]);
const randomNames = new Set([
  "getRandomValues",
  "randomBytes",
  "randomFill",
  "randomFillSync",
  "randomInt",
  "randomUUID",
  "webcrypto",
]);
const effects = new Set([
  "fetch",
  "setImmediate",
  "setInterval",
  "setTimeout",
  "queueMicrotask",
  "WebSocket",
  "XMLHttpRequest",
]);

/** Facts of one file, from TypeScript's own parser. */
export function sourceFacts(path: string, text: string): SourceFacts {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const imports: SourceImport[] = [];
  const uses: SourceUse[] = [];
  const reExports: number[] = [];
  /** Names bound by imports, with the module they come from. */
  const bindings = new Map<string, string>();

  function lineOf(node: ts.Node): number {
    return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  }

  function use(kind: UseKind, what: string, node: ts.Node): void {
    uses.push({ kind, what, line: lineOf(node) });
  }

  function addImport(
    node: ts.Node,
    module: ts.Node | undefined,
    facts: Partial<Omit<SourceImport, "specifier">> = {},
  ): void {
    const specifier = module !== undefined && ts.isStringLiteralLike(module) ? module.text : undefined;
    imports.push({ specifier, typeOnly: false, bare: false, names: ["*"], line: lineOf(node), ...facts });
  }

  function importDeclaration(node: ts.ImportDeclaration): void {
    const clause = node.importClause;
    const module = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : "";
    const named = clause?.namedBindings;
    const elements = named !== undefined && ts.isNamedImports(named) ? [...named.elements] : [];
    const names = elements.map((element) => (element.propertyName ?? element.name).text);
    if (clause?.name !== undefined) names.push("default");
    if (named !== undefined && ts.isNamespaceImport(named)) names.push("*");
    for (const name of [clause?.name, named !== undefined && ts.isNamespaceImport(named) ? named.name : undefined]) {
      if (name !== undefined) bindings.set(name.text, module);
    }
    for (const element of elements) bindings.set(element.name.text, module);
    const typeOnly =
      clause !== undefined &&
      (clause.phaseModifier === ts.SyntaxKind.TypeKeyword ||
        (elements.length > 0 && elements.length === names.length && elements.every(({ isTypeOnly }) => isTypeOnly)));
    addImport(node, node.moduleSpecifier, { names, typeOnly, bare: clause === undefined });
  }

  function exportDeclaration(node: ts.ExportDeclaration): void {
    if (node.moduleSpecifier !== undefined) {
      addImport(node, node.moduleSpecifier, { typeOnly: node.isTypeOnly });
      reExports.push(lineOf(node));
      return;
    }
    if (node.exportClause === undefined || !ts.isNamedExports(node.exportClause)) return;
    for (const { propertyName, name } of node.exportClause.elements) {
      if (bindings.has((propertyName ?? name).text)) reExports.push(lineOf(node));
    }
  }

  function reference(node: ts.Identifier): void {
    const name = node.text;
    if (name === "console") use("console", name, node);
    if (name === "process") use("process", name, node);
    if (effects.has(name)) use("effect", name, node);
    if (name === "Promise") use("async", name, node);
  }

  function propertyUse(node: ts.Node, object: ts.Expression, property: string): void {
    const target = globalName(object);
    if (target === undefined) return;
    const full = `${target}.${property}`;
    if (target === "process" && property === "env") use("environment", full, node);
    if (clockProperties.has(full)) use("clock", full, node);
    if (full === "Math.random") use("randomness", full, node);
    const isCrypto = target === "crypto" || isCryptoModule(bindings.get(target));
    if (isCrypto && randomNames.has(property)) use("randomness", full, node);
  }

  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node)) importDeclaration(node);
    else if (ts.isExportDeclaration(node)) exportDeclaration(node);
    else if (ts.isImportTypeNode(node)) {
      const module = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
      addImport(node, module, { typeOnly: true });
    } else if (ts.isCallExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword) addImport(node, node.arguments[0]);
      if (ts.isIdentifier(node.expression) && node.expression.text === "require") addImport(node, node.arguments[0]);
      if (globalName(node.expression) === "Date") use("clock", "Date()", node);
    } else if (ts.isNewExpression(node)) {
      const noArguments = node.arguments === undefined || node.arguments.length === 0;
      if (globalName(node.expression) === "Date" && noArguments) use("clock", "new Date()", node);
    } else if (ts.isPropertyAccessExpression(node)) {
      propertyUse(node, node.expression, node.name.text);
    } else if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
      propertyUse(node, node.expression, node.argumentExpression.text);
    } else if (
      ts.isVariableDeclaration(node) &&
      node.initializer !== undefined &&
      ts.isObjectBindingPattern(node.name)
    ) {
      for (const { propertyName, name } of node.name.elements) {
        const key = propertyName ?? name;
        if (ts.isIdentifier(key)) propertyUse(node, node.initializer, key.text);
      }
    } else if (node.kind === ts.SyntaxKind.AsyncKeyword) use("async", "async", node);
    else if (node.kind === ts.SyntaxKind.AwaitKeyword || ts.isAwaitExpression(node)) use("async", "await", node);
    else if (ts.isIdentifier(node) && isReference(node)) reference(node);
    ts.forEachChild(node, visit);
  }

  visit(file);
  return { imports, uses: [...uses, ...randomImports(imports)], reExports };
}

/** `process`, `Date` and their like, also by way of `globalThis`. */
function globalName(node: ts.Expression): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const isGlobal = ts.isIdentifier(node.expression) && ["globalThis", "global"].includes(node.expression.text);
  return isGlobal ? node.name.text : undefined;
}

/** An identifier that stands for a value, and not one that names a property, a declaration or a type. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.expression === node || ["globalThis", "global"].includes(parent.expression.getText());
  }
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isPropertyAssignment(parent)) {
    return parent.initializer === node;
  }
  if (ts.isPropertyDeclaration(parent)) return parent.initializer === node;
  return ts.isExpression(parent) || ts.isStatement(parent) || ts.isTemplateSpan(parent) || ts.isTypeQueryNode(parent)
    ? !("name" in parent && parent.name === node)
    : false;
}

function isCryptoModule(module: string | undefined): boolean {
  return module === "node:crypto" || module === "crypto";
}

function randomImports(imports: readonly SourceImport[]): readonly SourceUse[] {
  return imports
    .filter(({ specifier, typeOnly }) => isCryptoModule(specifier) && !typeOnly)
    .flatMap(({ names, line }) =>
      names
        .filter((name) => randomNames.has(name))
        .map((name): SourceUse => ({ kind: "randomness", what: name, line })),
    );
}
