//! What the Tokio programs start with: their switches, their runtime, the line that says where.

use std::env;
use std::net::SocketAddr;
use tokio::runtime::{Builder, Runtime};

/// The number after `--port`, or 0 for any free port.
pub fn port() -> u16 {
    let mut args = env::args().skip_while(|arg| arg != "--port").skip(1);
    args.next().map_or(0, |port| port.parse().expect("--port takes a number"))
}

pub fn is_multi_thread() -> bool {
    env::args().any(|arg| arg == "--multi-thread")
}

/// `--multi-thread` gives a worker per processor we may run on; else one thread does everything.
pub fn runtime() -> Runtime {
    let mut builder =
        if is_multi_thread() { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    builder.enable_all().build().expect("a runtime")
}

pub fn say_where(address: SocketAddr) {
    println!("listening on {address}");
}
