/**
 * Serves the repository to a browser: its modules as JavaScript, a page that runs test files, and a
 * place where the page leaves its report.
 *
 * @module
 */

import { modulesIn, ROOT } from "../../scripts/npm/layout.ts";

/** What a page tells of one test. */
export interface Outcome {
  /** The test's file, from the root of the repository. */
  readonly file: string;
  /** The test's name. */
  readonly name: string;
  /** Why it failed, or that it was ignored; neither when it passed. */
  readonly error?: string;
  readonly ignored?: boolean;
}

/** Folders whose modules the page may ask for. */
const FOLDERS = [
  ...["ffi", "future", "host", "net", "reactor", "scheduler"],
  ...["standins", "stream", "sync", "task", "testing", "tests", "time"],
];

/** Bare names, as `deno.json` maps them. */
const IMPORTS = {
  "@std/assert": "/standins/assert/mod.ts",
  "@std/testing/mock": "/standins/testing/mock.ts",
  "@std/testing/types": "/standins/testing/types.ts",
  "@std/testing/time": "/standins/testing/time.ts",
};

/**
 * What a test file and a stand-in see as `Deno`, in a host that has none. It is imported, not made global, because
 * the library must not take the browser for Deno.
 */
const PRELUDE = 'import { Deno } from "/tests/browser/page.ts";\n';

/** Modules that are replaced by others: a page has no test runner of its own. */
const INSTEAD: Record<string, string> = {
  "/host/test_runner.ts": "/tests/browser/test_runner.ts",
};

function namesDeno(path: string): boolean {
  if (path.startsWith("/standins/")) return true;
  if (path.startsWith("/tests/browser/")) return path.startsWith("/tests/browser/cases/");
  return path.startsWith("/tests/");
}

/** With these a page may share memory with its workers. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** How a page is served. */
export interface ServeOptions {
  /** Whether it may share memory with its workers; without, it may not. */
  readonly isolated?: boolean;
}

/** Serves until it is disposed. */
export class Pages implements AsyncDisposable {
  /** The test that began last. */
  running = "nothing";
  /** What the page has asked for in vain. */
  readonly missing: Set<string> = new Set();
  readonly #scripts: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #report = Promise.withResolvers<readonly Outcome[]>();

  private constructor(
    scripts: string,
    files: readonly string[],
    headers: Readonly<Record<string, string>>,
  ) {
    this.#scripts = scripts;
    this.#headers = headers;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request, files),
    );
  }

  /** Translates the modules and begins to serve a page that runs `files`. */
  static async serve(
    files: readonly string[],
    { isolated = false }: ServeOptions = {},
  ): Promise<Pages> {
    const scripts = await Deno.makeTempDir({ prefix: "edo-browser-" });
    const modules = FOLDERS.map((folder) => modulesIn(folder)).flat();
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["transpile", "--quiet", "--no-check", "--source-map=none", "--outdir", scripts]
        .concat(modules),
      cwd: ROOT,
    }).output();
    if (!success) {
      throw new Error(`Cannot translate the modules: ${new TextDecoder().decode(stderr)}`);
    }
    return new Pages(scripts, files, isolated ? ISOLATION : {});
  }

  /** Where the page is. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** What the page has found, once it is done. */
  get report(): Promise<readonly Outcome[]> {
    return this.#report.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.#scripts, { recursive: true });
  }

  async #answer(request: Request, files: readonly string[]): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    if (request.method === "POST") {
      const body = await request.json();
      if (pathname === "/running") this.running = body;
      else this.#report.resolve(body);
      return new Response(null, { status: 204 });
    }
    if (pathname === "/") return this.#html("runFiles", files);
    if (pathname === "/frame") return this.#html("runFile", search.slice(1));
    const instead = INSTEAD[pathname];
    if (instead !== undefined) return Response.redirect(new URL(instead, request.url));
    const script = `${this.#scripts}${pathname.replace(/\.ts$/, ".js")}`;
    try {
      const source = withAddresses(await Deno.readTextFile(script));
      return new Response(namesDeno(pathname) ? PRELUDE + source : source, {
        headers: {
          ...this.#headers,
          "content-type": "text/javascript",
          "cache-control": "max-age=600",
        },
      });
    } catch {
      this.missing.add(pathname);
      return new Response(null, { status: 404 });
    }
  }

  /** A page: one call. */
  #html(call: "runFiles" | "runFile", argument: unknown): Response {
    return new Response(
      `<!doctype html>
<body>
<script type="module">
  import { ${call} } from "/tests/browser/page.ts";
  await ${call}(${JSON.stringify(argument)});
</script>`,
      { headers: { ...this.#headers, "content-type": "text/html" } },
    );
  }
}

/** Puts addresses in the place of bare names: workers have no import map. */
function withAddresses(source: string): string {
  return source.replaceAll(/"(@std\/[a-z/]+)"/g, (bare, name) => {
    const address = IMPORTS[name as keyof typeof IMPORTS];
    return address === undefined ? bare : `"${address}"`;
  });
}
