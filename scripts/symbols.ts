/**
 * The names of everything that the library exports, members included.
 *
 * @module
 */

/** The part of a declaration in `deno doc --json` that is read here. */
export interface Declaration {
  readonly kind: string;
  readonly location: Location;
  readonly def?: {
    /** What a reference stands for: a symbol that another entry point exports as well. */
    readonly target?: Location;
    readonly methods?: readonly Named[];
    readonly properties?: readonly Named[];
    readonly elements?: readonly Entry[];
    /** The name of the class above; for an interface, the types above. */
    readonly extends?: string | readonly { readonly repr: string }[];
  };
}

/** Something with a name. */
export interface Named {
  readonly name: string;
  /** Whether a member of a class is `private` or `protected`. */
  readonly accessibility?: string | null;
}

/** Where something is declared. */
export interface Location {
  readonly filename: string;
  readonly byteIndex: number;
}

/** A symbol or a namespace, with all its declarations. */
export interface Entry extends Named {
  readonly declarations: readonly Declaration[];
}

/**
 * Every exported symbol as `folder.Symbol`, and every member as `folder.Symbol.member`, those that
 * are inherited included.
 *
 * @param entryPoints Paths such as `./sync/mod.ts`.
 * @param root The root of the repository.
 */
export async function symbolPaths(
  entryPoints: readonly string[],
  root: URL,
): Promise<ReadonlySet<string>> {
  const folders = entryPoints.filter((path) => path !== "./mod.ts");
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...folders],
    cwd: root,
    stderr: "inherit",
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, { symbols: Entry[] }>;
  };
  return pathsOf(nodes, root);
}

/**
 * The paths of the symbols in what `deno doc --json` prints.
 *
 * @param nodes The symbols of each entry point, by its URL.
 * @param root The root of the repository.
 */
export function pathsOf(
  nodes: Readonly<Record<string, { readonly symbols: readonly Entry[] }>>,
  root: URL,
): ReadonlySet<string> {
  const members = new Map<string, Declaration[]>();
  const originals = new Map<string, Declaration>();
  const collect = (entries: readonly Entry[]) => {
    for (const { name, declarations } of entries) {
      members.set(name, [...members.get(name) ?? [], ...declarations]);
      for (const declaration of declarations) {
        if (declaration.kind !== "reference") originals.set(at(declaration.location), declaration);
        collect(declaration.def?.elements ?? []);
      }
    }
  };
  for (const { symbols } of Object.values(nodes)) collect(symbols);

  const paths = new Set<string>();
  const add = (prefix: string, entries: readonly Entry[]) => {
    for (const { name, declarations: found } of entries) {
      const declarations = found.map((one) =>
        one.def?.target ? originals.get(at(one.def.target)) ?? one : one
      );
      const path = `${prefix}.${name}`;
      paths.add(path);
      for (const member of membersOf(declarations, members)) paths.add(`${path}.${member}`);
      for (const { def } of declarations) add(path, def?.elements ?? []);
    }
  };
  for (const [url, { symbols }] of Object.entries(nodes)) {
    // `sync/mpsc/mod.ts` is known as `sync.mpsc`.
    add(url.slice(root.href.length).split("/").slice(0, -1).join("."), symbols);
  }
  return paths;
}

function at({ filename, byteIndex }: Location): string {
  return `${filename}:${byteIndex}`;
}

function membersOf(
  declarations: readonly Declaration[],
  all: ReadonlyMap<string, readonly Declaration[]>,
): string[] {
  return declarations.flatMap(({ def }) => {
    const own = [...def?.methods ?? [], ...def?.properties ?? []]
      .filter(({ accessibility }) => !accessibility || accessibility === "public")
      .map(({ name }) => name);
    const above = typeof def?.extends === "string"
      ? [def.extends]
      : (def?.extends ?? []).map(({ repr }) => repr);
    return [...own, ...above.flatMap((name) => membersOf(all.get(name) ?? [], all))];
  });
}
