/**
 * TCP echo on edo's npm package, for Node and Bun: the same code as `examples/echo_server.ts`.
 *
 * `node tcp.mjs --package FOLDER --style await|yield [--port PORT]`
 *
 * @module
 */

const { process } = globalThis;

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};

const { isOsError, run, spawn, TcpListener } = await import(`${option("package")}/esm/mod.js`);

const BUFFER = 16 * 1024;

async function echoAwait(stream) {
  const buffer = new Uint8Array(BUFFER);
  try {
    for (let count; (count = await stream.read(buffer)) > 0;) {
      await stream.writeAll(buffer, count);
    }
  } catch (error) {
    if (!isOsError(error)) throw error;
  } finally {
    stream.close();
  }
}

function* echoYield(stream) {
  const buffer = new Uint8Array(BUFFER);
  try {
    for (let count; (count = yield* stream.read(buffer)) > 0;) {
      yield* stream.writeAll(buffer, count);
    }
  } catch (error) {
    if (!isOsError(error)) throw error;
  } finally {
    stream.close();
  }
}

const STYLES = {
  await: (stream) => () => echoAwait(stream),
  yield: (stream) => () => echoYield(stream),
};

const style = STYLES[option("style", "await")];

await run(async () => {
  const listener = await TcpListener.bind(`127.0.0.1:${option("port", "0")}`);
  process.stdout.write(`listening on ${listener.localAddr()}\n`);
  while (true) {
    const [stream] = await listener.accept();
    spawn(style(stream));
  }
});
