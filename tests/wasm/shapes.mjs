// Holds values against the declarations of the package: keys and kinds of every object, down to its leaves.
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./helpers.mjs";

const ts = createRequire(path.join(root, "web/package.json"))("typescript");
const declarations = path.join(root, "wasm/dist/types.d.mts");
const program = ts.createProgram([declarations, path.join(root, "wasm/dist/protocol.d.mts")], {
  strict: true,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
});
const checker = program.getTypeChecker();

function exported(file, name) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const symbol = checker.getExportsOfModule(module).find((entry) => entry.name === name);
  if (!symbol) throw new Error(`nothing declares ${name}`);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

/// Names that an interface of the protocol has.
export function protocolKeys(name) {
  const type = exported(path.join(root, "wasm/dist/protocol.d.mts"), name);
  return type
    .getProperties()
    .map((property) => property.name)
    .sort();
}

const has = (type, flag) => (type.flags & flag) !== 0;
const isBuiltIn = (type) => /^(Float64Array|Uint8Array|AbortSignal|Promise)/.test(checker.typeToString(type));

/// Own keys, and those of the classes between the value and Object.
function keysOf(value) {
  const names = new Set(Object.keys(value));
  for (
    let level = Object.getPrototypeOf(value);
    level && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const name of Object.getOwnPropertyNames(level)) names.add(name);
  }
  names.delete("constructor");
  return [...names];
}

function compareObject(value, type, where) {
  const properties = checker.getPropertiesOfType(type);
  const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  const declared = new Map(properties.map((property) => [property.name, property]));
  const wrong = [];
  for (const [name, property] of declared) {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    if (!(name in value) && !optional) wrong.push(`${where}.${name} is missing`);
  }
  for (const name of keysOf(value)) {
    const property = declared.get(name);
    const of = property ? checker.getTypeOfSymbol(property) : index;
    if (!of) wrong.push(`${where}.${name} is not declared`);
    else if (value[name] !== undefined || !property) wrong.push(...compare(value[name], of, `${where}.${name}`));
  }
  return wrong;
}

function compareUnion(value, type, where) {
  const tries = type.types.map((member) => compare(value, member, where));
  return tries.reduce((best, found) => (found.length < best.length ? found : best));
}

/// What is wrong with `value` as one of `type`: sentences.
function compare(value, type, where) {
  const unless = (right) => (right ? [] : [`${where} is ${JSON.stringify(value)}, not ${checker.typeToString(type)}`]);
  if (has(type, ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return [];
  if (has(type, ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral)) return unless(value === type.value);
  if (has(type, ts.TypeFlags.BooleanLiteral)) return unless(String(value) === checker.typeToString(type));
  if (type.isUnion()) return compareUnion(value, type, where);
  if (has(type, ts.TypeFlags.Null)) return unless(value === null);
  if (has(type, ts.TypeFlags.Undefined)) return unless(value === undefined);
  if (has(type, ts.TypeFlags.String)) return unless(typeof value === "string");
  if (has(type, ts.TypeFlags.Number)) return unless(typeof value === "number");
  if (type.getCallSignatures().length > 0) return unless(typeof value === "function");
  if (isBuiltIn(type)) return unless(value?.constructor.name === checker.typeToString(type).replace(/<.*/, ""));
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    if (!Array.isArray(value)) return unless(false);
    const members = checker.getTypeArguments(type);
    if (checker.isTupleType(type) && members.length !== value.length) return unless(false);
    return value.flatMap((entry, i) => compare(entry, members[checker.isTupleType(type) ? i : 0], `${where}[${i}]`));
  }
  return typeof value === "object" && value !== null ? compareObject(value, type, where) : unless(false);
}

/// Sentences about what in `value` differs from the public type `name`.
export const differences = (value, name) => compare(value, exported(declarations, name), name);
