/**
 * Tests as nested sentences.
 *
 * @module
 */

// deno-lint-ignore no-explicit-any
type Context = any;
type Body<T> = (this: T, t: Deno.TestContext) => void | Promise<void>;
type Hook<T> = (this: T) => void | Promise<void>;
type HookName = "beforeAll" | "afterAll" | "beforeEach" | "afterEach";

/** How a suite is described. */
export interface DescribeDefinition<T> extends Omit<Deno.TestDefinition, "fn"> {
  /** The body, in which the tests of the suite are named. */
  fn?: () => void | undefined;
  /** Runs before the first test. */
  beforeAll?: Hook<T> | Hook<T>[];
  /** Runs after the last test. */
  afterAll?: Hook<T> | Hook<T>[];
  /** Runs before each test. */
  beforeEach?: Hook<T> | Hook<T>[];
  /** Runs after each test. */
  afterEach?: Hook<T> | Hook<T>[];
}

/** How a test is described. */
export interface ItDefinition<T> extends Omit<Deno.TestDefinition, "fn"> {
  /** The test itself. */
  fn: Body<T>;
}

/** The forms in which {@linkcode describe} is called. */
export type DescribeArgs<T> =
  | [options: DescribeDefinition<T>]
  | [name: string, fn: () => void | undefined]
  | [name: string, options: Omit<DescribeDefinition<T>, "name">]
  | [
    name: string,
    options: Omit<DescribeDefinition<T>, "name" | "fn">,
    fn: () => void | undefined,
  ];

/** The forms in which {@linkcode it} is called. */
export type ItArgs<T> =
  | [options: ItDefinition<T>]
  | [name: string, fn: Body<T>]
  | [name: string, options: Omit<ItDefinition<T>, "name">]
  | [name: string, options: Omit<ItDefinition<T>, "name" | "fn">, fn: Body<T>];

interface Step extends Omit<Deno.TestDefinition, "fn"> {
  run(t: Deno.TestContext, context: Context, around: Suite[]): Promise<void>;
}

interface Suite extends Step {
  steps: Step[];
  hooks: Record<HookName, Hook<Context>[]>;
}

let current: Suite | undefined;

/** Names a suite; `only` and `ignore` (or `skip`) are marks. */
export interface describe {
  /** Names a suite. */
  <T>(...args: DescribeArgs<T>): void;
  /** Runs this suite and no other. */
  only<T>(...args: DescribeArgs<T>): void;
  /** Leaves the suite out. */
  ignore<T>(...args: DescribeArgs<T>): void;
  /** Leaves the suite out. */
  skip<T>(...args: DescribeArgs<T>): void;
}

/** Names a test; `only` and `ignore` (or `skip`) are marks. */
export interface it {
  /** Names a test. */
  <T>(...args: ItArgs<T>): void;
  /** Runs this test and no other. */
  only<T>(...args: ItArgs<T>): void;
  /** Leaves the test out. */
  ignore<T>(...args: ItArgs<T>): void;
  /** Leaves the test out. */
  skip<T>(...args: ItArgs<T>): void;
}

/** Names a suite. */
export const describe: describe = marked(addSuite);

/** Names a test, in a suite or by itself. */
export const it: it = marked(addTest);

/** Another name for {@linkcode it}. */
export const test: it = it;

/** Runs `fn` before the first test of the suite. */
export function beforeAll<T>(fn: Hook<T>): void {
  addHook("beforeAll", fn);
}

/** Runs `fn` after the last test of the suite. */
export function afterAll<T>(fn: Hook<T>): void {
  addHook("afterAll", fn);
}

/** Runs `fn` before each test of the suite. */
export function beforeEach<T>(fn: Hook<T>): void {
  addHook("beforeEach", fn);
}

/** Runs `fn` after each test of the suite. */
export function afterEach<T>(fn: Hook<T>): void {
  addHook("afterEach", fn);
}

function addSuite(options: DescribeDefinition<Context>): void {
  const { fn, beforeAll, afterAll, beforeEach, afterEach, ...settings } = options;
  const suite: Suite = {
    ...settings,
    steps: [],
    hooks: {
      beforeAll: [beforeAll ?? []].flat(),
      afterAll: [afterAll ?? []].flat(),
      beforeEach: [beforeEach ?? []].flat(),
      afterEach: [afterEach ?? []].flat(),
    },
    run: (t, context, around) => runSuite(suite, t, context, [...around, suite]),
  };
  const outer = current;
  current = suite;
  try {
    fn?.();
  } finally {
    current = outer;
  }
  suite.only ||= suite.steps.some((step) => step.only);
  add(suite);
}

function addTest(options: ItDefinition<Context>): void {
  const { fn, ...settings } = options;
  add({
    ...settings,
    run: (t, context, around) => runTest(fn, t, { ...context }, around),
  });
}

function add(step: Step): void {
  const { run, name, ...settings } = step;
  if (current) current.steps.push(step);
  else Deno.test({ ...plain(settings), name, fn: (t) => run(t, {}, []) });
}

function addHook(name: HookName, fn: Hook<Context>): void {
  if (!current) throw new Error(`Cannot add "${name}": no suite is being described`);
  current.hooks[name].push(fn);
}

async function runSuite(suite: Suite, t: Deno.TestContext, outer: Context, around: Suite[]) {
  const context = { ...outer };
  const steps = suite.steps.some((step) => step.only)
    ? suite.steps.filter((step) => step.only)
    : suite.steps;
  for (const hook of suite.hooks.beforeAll) await hook.call(context);
  try {
    for (const { run, name, ...settings } of steps) {
      await t.step({ ...plain(settings), name, fn: (t) => run(t, context, around) });
    }
  } finally {
    for (const hook of suite.hooks.afterAll) await hook.call(context);
  }
}

/** Runs the hooks of the outermost suite first, and its `afterEach` last. */
async function runTest(
  body: Body<Context>,
  t: Deno.TestContext,
  context: Context,
  around: Suite[],
): Promise<void> {
  const [suite, ...inner] = around;
  if (!suite) return await body.call(context, t);
  for (const hook of suite.hooks.beforeEach) await hook.call(context);
  try {
    await runTest(body, t, context, inner);
  } finally {
    for (const hook of suite.hooks.afterEach) await hook.call(context);
  }
}

/** What a test and a step both accept. */
function plain(settings: Partial<Suite>): Pick<Deno.TestDefinition, "ignore" | "only"> {
  const { steps: _steps, hooks: _hooks, ...options } = settings;
  return options;
}

interface Definition extends Omit<Deno.TestDefinition, "fn"> {
  // deno-lint-ignore no-explicit-any
  fn?: any;
}

/** Brings the forms of a call into one, and adds the marks. */
// deno-lint-ignore no-explicit-any
function marked(add: (options: any) => void): any {
  const call = (marks: Partial<Definition>) => (...args: unknown[]) => {
    const options = {} as Definition;
    for (const arg of args) {
      if (typeof arg === "string") options.name = arg;
      else if (typeof arg === "function") options.fn = arg;
      else Object.assign(options, arg);
    }
    add({ ...options, ...marks });
  };
  const ignore = call({ ignore: true });
  return Object.assign(call({}), { only: call({ only: true }), ignore, skip: ignore });
}
