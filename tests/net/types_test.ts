/**
 * What the types refuse. Most of this file passes by being compiled.
 *
 * @module
 */

import { type AssertTrue, assertType, type IsExact } from "@std/testing/types";
import type { Future } from "../../future/mod.ts";
import type {
  KeepAlive,
  OsError,
  OwnedReadHalf,
  OwnedWriteHalf,
  ReadBuf,
  ReadHalf,
  SocketAddr,
  TcpListener,
  TcpSocket,
  TcpStream,
  ToSocketAddrs,
  UdpSocket,
  WriteAll,
  WriteHalf,
} from "../../net/mod.ts";

/** Compiles the body and never runs it. */
function compiled(_body: (handles: Handles) => unknown): void {}

interface Handles {
  readonly stream: TcpStream;
  readonly listener: TcpListener;
  readonly socket: TcpSocket;
  readonly udp: UdpSocket;
  readonly address: SocketAddr;
  readonly readBuf: ReadBuf;
  readonly Stream: typeof TcpStream;
  readonly Listener: typeof TcpListener;
  readonly Udp: typeof UdpSocket;
  readonly Address: typeof SocketAddr;
}

type Returns<T extends (...args: never[]) => unknown, R> = IsExact<ReturnType<T>, R>;

Deno.test("methods that wait return futures of what they wait for", () => {
  assertType<Returns<typeof TcpStream.connect, Future<TcpStream>>>(true);
  assertType<Returns<typeof TcpListener.bind, Future<TcpListener>>>(true);
  assertType<Returns<typeof UdpSocket.bind, Future<UdpSocket>>>(true);
  assertType<Returns<TcpListener["accept"], Future<[TcpStream, SocketAddr]>>>(true);
  assertType<Returns<TcpListener["tryAccept"], [TcpStream, SocketAddr] | undefined>>(true);
  assertType<Returns<TcpSocket["connect"], Future<TcpStream>>>(true);
  assertType<Returns<TcpSocket["listen"], TcpListener>>(true);
  assertType<Returns<TcpStream["read"], Future<number>>>(true);
  assertType<Returns<TcpStream["tryRead"], number | undefined>>(true);
  assertType<Returns<TcpStream["writeAll"], WriteAll>>(true);
  assertType<Returns<TcpStream["takeError"], OsError | undefined>>(true);
  assertType<
    Returns<TcpStream["split"], { readonly reader: ReadHalf; readonly writer: WriteHalf }>
  >(true);
  assertType<
    Returns<
      TcpStream["intoSplit"],
      { readonly reader: OwnedReadHalf; readonly writer: OwnedWriteHalf }
    >
  >(true);
  assertType<Returns<OwnedReadHalf["reunite"], TcpStream>>(true);
  assertType<Returns<UdpSocket["recvFrom"], Future<[number, SocketAddr]>>>(true);
  assertType<Returns<UdpSocket["tryRecvFrom"], [number, SocketAddr] | undefined>>(true);
  assertType<Returns<UdpSocket["send"], Future<number>>>(true);
});

Deno.test("handles are disposable, and a listener is a source of streams", () => {
  type _Disposable = AssertTrue<
    (TcpStream | TcpListener | TcpSocket | UdpSocket | OwnedReadHalf | OwnedWriteHalf) extends
      Disposable ? true : false
  >;
  type _Source = AssertTrue<TcpListener extends AsyncIterable<TcpStream> ? true : false>;
  compiled(({ stream }) => {
    using _stream = stream;
    // @ts-expect-error borrowed halves own nothing
    using _reader = stream.split().reader;
  });
});

Deno.test("buffers are Uint8Arrays", () => {
  compiled(({ stream, udp, readBuf }) => {
    stream.read(new Uint8Array(1));
    stream.readBuf(readBuf);
    stream.readVectored([new Uint8Array(1)]);
    // @ts-expect-error a text is no buffer
    stream.writeAll("text");
    // @ts-expect-error a text is no buffer
    stream.write("text");
    // @ts-expect-error a number is no buffer
    stream.read(16);
    // @ts-expect-error a memory is no view of it
    stream.read(new ArrayBuffer(1));
    // @ts-expect-error wider numbers are no bytes
    stream.read(new Uint16Array(1));
    // @ts-expect-error Tokio's ReadBuf has a method of its own
    stream.read(readBuf);
    // @ts-expect-error an array of numbers is no buffer
    stream.tryWrite([1, 2, 3]);
    // @ts-expect-error several buffers, not one
    stream.writeVectored(new Uint8Array(1));
    // @ts-expect-error several buffers, not texts
    stream.writeVectored(["text"]);
    // @ts-expect-error a text is no buffer
    udp.send("text");
    // @ts-expect-error a text is no buffer
    udp.sendTo("text", "127.0.0.1:1");
    // @ts-expect-error a number is no buffer
    udp.recvFrom(1500);
    // @ts-expect-error there is no answer without a buffer
    udp.recv();
  });
});

Deno.test("addresses are texts, parts or SocketAddr", () => {
  type _Forms = AssertTrue<
    IsExact<
      ToSocketAddrs,
      string | SocketAddr | { readonly hostname?: string; readonly port: number }
    >
  >;
  compiled(({ Stream, Listener, Udp, Address, address, udp }) => {
    Stream.connect("127.0.0.1:80");
    Stream.connect({ hostname: "localhost", port: 80 });
    Listener.bind({ port: 80 });
    Listener.bind(address);
    // @ts-expect-error a port alone is no address
    Stream.connect(80);
    // @ts-expect-error the port is missing
    Stream.connect({ hostname: "localhost" });
    // @ts-expect-error a port is a number
    Stream.connect({ hostname: "localhost", port: "80" });
    // @ts-expect-error the host is called hostname, as in Deno
    Stream.connect({ host: "localhost", port: 80 });
    // @ts-expect-error a URL is no address
    Stream.connect(new URL("http://localhost:80"));
    // @ts-expect-error no address at all
    Listener.bind();
    // @ts-expect-error the options come after the address
    Listener.bind({ port: 80, backlog: 5 });
    // @ts-expect-error there is no such option
    Listener.bind({ port: 80 }, { backLog: 5 });
    // @ts-expect-error datagrams have no backlog
    Udp.bind("127.0.0.1:0", { backlog: 5 });
    // @ts-expect-error a SocketAddr needs a port
    new Address("127.0.0.1");
    // @ts-expect-error what never waits resolves nothing
    udp.trySendTo(new Uint8Array(1), "127.0.0.1:80");
  });
});

Deno.test("options have types of their own", () => {
  type _KeepAlive = AssertTrue<
    IsExact<keyof KeepAlive, "idle" | "interval" | "count">
  >;
  compiled(({ stream, socket }) => {
    stream.setLinger({ seconds: 1 });
    stream.setLinger(undefined);
    stream.setKeepalive({ idle: { minutes: 1 }, count: 3 });
    // @ts-expect-error a switch is a boolean
    stream.setNodelay(1);
    // @ts-expect-error null is no duration
    stream.setLinger(null);
    // @ts-expect-error a duration has no such unit
    stream.setLinger({ days: 1 });
    // @ts-expect-error there is no such setting
    stream.setKeepalive({ retries: 3 });
    // @ts-expect-error the number of hops is a number
    stream.setTtl("64");
    // @ts-expect-error a backlog has to be chosen
    socket.listen();
    // @ts-expect-error the descriptor is not to be changed
    stream.fd = 3;
  });
});
