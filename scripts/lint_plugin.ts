/**
 * The house rules that `deno lint` checks, see `rules` at the end.
 *
 * @module
 */

type Node = Deno.lint.Node;
type Comment = Deno.lint.LineComment | Deno.lint.BlockComment;

/** Code that runs on every host: it reaches the host through `ffi/` and `host/` only. */
const PORTABLE = [
  ...["future", "reactor", "scheduler", "task", "time", "sync", "net", "stream", "testing"],
  "mod.ts",
];
/** Everything that is published. */
const LIBRARY = ["ffi", "host", ...PORTABLE];

const ROOT = slashed(decodeURIComponent(new URL("..", import.meta.url).pathname));

/** Each entry of a foreign symbol table reads like a man page. */
const ffiComment: Deno.lint.Rule = {
  create(context) {
    const checkTable = (type: Node, value: Node) => {
      const name = context.sourceCode.getText(type).replace(/^:|<.*$|\s/gs, "");
      if (!/(ForeignLibraryInterface|SymbolTable)$/.test(name)) return;
      const table = value.type === "TSAsExpression" ? value.expression : value;
      if (table.type !== "ObjectExpression") return;
      let end = table.range[0] + 1;
      for (const entry of table.properties) {
        if (entry.type === "Property") checkEntry(entry, end);
        end = entry.range[1];
      }
    };
    const checkEntry = (entry: Deno.lint.Property, from: number) => {
      const key = entry.key.type === "Literal" ? String(entry.key.value) : nameOf(entry.key);
      const comment = commentAbove(context.sourceCode, entry, from);
      if (comment === undefined || !comment.startsWith("FFI:")) {
        context.report({
          node: entry,
          message: `The foreign symbol "${key}" has no FFI comment directly above it`,
          hint: "Begin it with `FFI:` and the C prototype",
        });
        return;
      }
      const missing = missingFrom(comment.slice("FFI:".length), [key, ...aliasOf(entry.value)]);
      if (missing.length === 0) return;
      context.report({
        node: entry,
        message: `The FFI comment of "${key}" does not state ${missing.join(", ")}`,
      });
    };
    return {
      TSSatisfiesExpression: (node) => checkTable(node.typeAnnotation, node.expression),
      VariableDeclarator(node) {
        if (node.id.type !== "Identifier" || !node.id.typeAnnotation || !node.init) return;
        checkTable(node.id.typeAnnotation, node.init);
      },
    };
  },
};

/** What an FFI comment has to say beyond the prototype. */
const STATEMENTS: [label: string, pattern: RegExp][] = [
  ["how it fails (`Fails with …`)", /\bfails?\b/i],
  ["which thread may call it (`Any thread.`)", /\bthreads?\b/i],
  [
    "how long buffers have to live (`buffer`, `lifetime` or `no pointers`)",
    /\b(buffers?|lifetimes?|no pointers?)\b/i,
  ],
];

function missingFrom(comment: string, names: string[]): string[] {
  const prototype = comment.match(/^\s*[\w\s*]*?(\w+)\s*\(/);
  const end = prototype ? closing(comment, prototype[0].length - 1) : -1;
  const named = names.some((name) => name.split("$")[0] === prototype?.[1]);
  const words = comment.slice(end + 1);
  return [
    ...(named && end > 0 ? [] : ["the C prototype under the symbol's name"]),
    ...STATEMENTS.filter(([, pattern]) => !pattern.test(words)).map(([label]) => label),
  ];
}

/** Where the bracket that opens at `start` is closed, or -1. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (text[index] === "(") depth++;
    if (text[index] === ")" && --depth === 0) return index;
  }
  return -1;
}

/** The name in the library of an entry that has another key. */
function aliasOf(entry: Node): string[] {
  if (entry.type !== "ObjectExpression") return [];
  return entry.properties.flatMap((property) => {
    if (property.type !== "Property" || nameOf(property.key) !== "name") return [];
    return property.value.type === "Literal" ? [String(property.value.value)] : [];
  });
}

/** The comment whose last line is the one above the node, without its marks. */
function commentAbove(
  source: Deno.lint.SourceCode,
  node: Node,
  from: number,
): string | undefined {
  const lines: string[] = [];
  let below = node.range[0];
  for (const comment of source.getCommentsBefore(node).toReversed()) {
    if (!isOwnLine(source, comment, from)) break;
    if (!/^[ \t]*\r?\n[ \t]*$/.test(source.text.slice(comment.range[1], below))) break;
    lines.unshift(comment.value.replace(/^[ \t]*\*?[ \t]?/gm, ""));
    below = comment.range[0];
  }
  return lines.length > 0 ? lines.join("\n").trim() : undefined;
}

/** Tells a comment after `from` from one that trails what ends there. */
function isOwnLine(source: Deno.lint.SourceCode, comment: Comment, from: number): boolean {
  return comment.range[0] >= from && source.text.slice(from, comment.range[0]).includes("\n");
}

/** Errors tell the story of the attempt: a sentence without full stop and contractions. */
const errorText: Deno.lint.Rule = {
  create(context) {
    if (isUnder(context.filename, ["tests"])) return {};
    const check = (node: Deno.lint.NewExpression | Deno.lint.CallExpression) => {
      const callee = context.sourceCode.getText(
        node.callee.type === "Super" ? baseOf(context.sourceCode, node) : node.callee,
      );
      if (!/(^|\.)([A-Z]\w*)?Error$|\berrors\.[A-Z]\w*$/.test(callee)) return;
      const argument = node.arguments[/\bAggregateError$/.test(callee) ? 1 : 0];
      const text = argument && textOf(argument);
      if (text === undefined) return;
      for (const fault of faultsOf(text)) {
        context.report({
          node: argument!,
          message: `An error message ${fault}`,
          hint: "Write: action, colon, what was found",
        });
      }
    };
    return { NewExpression: check, CallExpression: check };
  },
};

/** The class that the class around a `super` call extends. */
function baseOf(source: Deno.lint.SourceCode, node: Node): Node {
  const owner = source.getAncestors(node).findLast((outer) =>
    outer.type === "ClassDeclaration" || outer.type === "ClassExpression"
  );
  return owner?.superClass ?? node;
}

/** Stands for a placeholder in the text of a template. */
const HOLE = "\u0000";

/** The text of a literal, a template or a sum of these; nothing for other expressions. */
function textOf(node: Node): string | undefined {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type === "TemplateLiteral") {
    return node.quasis.map((quasi) => quasi.cooked).join(HOLE);
  }
  if (node.type !== "BinaryExpression" || node.operator !== "+") return undefined;
  const left = textOf(node.left);
  const right = textOf(node.right);
  return left === undefined && right === undefined ? undefined : (left ?? HOLE) + (right ?? HOLE);
}

function faultsOf(text: string): string[] {
  const faults = [];
  if (!/^[\p{Lu}\0]/u.test(text)) faults.push("must start with an upper-case letter");
  if (text.endsWith(".")) faults.push("must not end with a full stop");
  if (/\b(\w+n['’]t|(it|that|there|what|let)['’]s|\w+['’](re|ve|ll|d|m))\b/i.test(text)) {
    faults.push("must not contain contractions");
  }
  return faults;
}

/** Portable code does not know that Deno is there. */
const noDenoGlobal: Deno.lint.Rule = {
  create(context) {
    if (!isUnder(context.filename, PORTABLE)) return {};
    return {
      Identifier(node) {
        if (node.name !== "Deno") return;
        context.report({
          node,
          message: "Only ffi/ and host/ may use `Deno`",
          hint: "Ask host/ for what you need",
        });
      },
    };
  },
};

/** The library has no dependencies: it works from any registry and from a plain URL. */
const relativeImport: Deno.lint.Rule = {
  create(context) {
    if (!isUnder(context.filename, LIBRARY)) return {};
    const check = (node: { source?: Node | null }) => {
      const source = node.source;
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      if (/^\.{1,2}\//.test(source.value)) return;
      context.report({
        node: source,
        message: `Library code imports relative files only, not "${source.value}"`,
      });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
    };
  },
};

function nameOf(node: Node): string {
  return node.type === "Identifier" ? node.name : "";
}

/** Whether the file is one of these, or in one of these folders, of this repository. */
function isUnder(filename: string, places: string[]): boolean {
  const path = slashed(filename);
  if (!path.startsWith(ROOT)) return false;
  const local = path.slice(ROOT.length);
  return places.some((place) => local === place || local.startsWith(`${place}/`));
}

/** A path with one kind of slash, and none in front. */
function slashed(path: string): string {
  return path.replaceAll("\\", "/").replace(/^\//, "");
}

/** The plugin, named in `deno.json`. */
const plugin: Deno.lint.Plugin = {
  name: "edo",
  rules: {
    "ffi-comment": ffiComment,
    "error-text": errorText,
    "no-deno-global": noDenoGlobal,
    "relative-import": relativeImport,
  },
};

export default plugin;
