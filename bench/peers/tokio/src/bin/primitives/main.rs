//! One row of the benchmark `primitives` on Tokio's current-thread runtime.
//!
//! `ROW OPERATIONS SECONDS WARMUP` prints one line of JSON: nanoseconds per operation (wall and
//! processor time), from how many batches of how many operations, and what every batch ended with.
//! `--list` prints the names of the rows.

mod channels;
mod locks;
mod mpsc;
mod tasks;
mod time;

use std::env;
use std::ffi::c_long;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// A batch of `n` operations, which ends with a number that proves them.
type Batch = Pin<Box<dyn Future<Output = u64> + Send>>;
type Row = (&'static str, fn(u64) -> Batch);

const ROWS: &[Row] = &[
    ("locks/mutex", |n| Box::pin(locks::mutex(n))),
    ("locks/semaphore", |n| Box::pin(locks::semaphore(n))),
    ("locks/contended", |n| Box::pin(locks::contended(n))),
    ("locks/rwlock-read", |n| Box::pin(locks::rwlock_read(n))),
    ("locks/notify", |n| Box::pin(locks::notify(n))),
    ("mpsc/1-100", |n| Box::pin(mpsc::bounded(n, 1, 100, false))),
    ("mpsc/1-100-many", |n| Box::pin(mpsc::bounded(n, 1, 100, true))),
    ("mpsc/1-1m", |n| Box::pin(mpsc::bounded(n, 1, 1_000_000, false))),
    ("mpsc/1-1m-many", |n| Box::pin(mpsc::bounded(n, 1, 1_000_000, true))),
    ("mpsc/1-inf", |n| Box::pin(mpsc::unbounded(n, 1, false))),
    ("mpsc/1-inf-many", |n| Box::pin(mpsc::unbounded(n, 1, true))),
    ("mpsc/5-100", |n| Box::pin(mpsc::bounded(n, 5, 100, false))),
    ("mpsc/5-100-many", |n| Box::pin(mpsc::bounded(n, 5, 100, true))),
    ("mpsc/5-1m", |n| Box::pin(mpsc::bounded(n, 5, 1_000_000, false))),
    ("mpsc/5-1m-many", |n| Box::pin(mpsc::bounded(n, 5, 1_000_000, true))),
    ("mpsc/5-inf", |n| Box::pin(mpsc::unbounded(n, 5, false))),
    ("mpsc/5-inf-many", |n| Box::pin(mpsc::unbounded(n, 5, true))),
    ("channels/oneshot", |n| Box::pin(channels::oneshot(n))),
    ("channels/request-reply", |n| Box::pin(channels::request_reply(n))),
    ("channels/broadcast-10", |n| Box::pin(channels::broadcast(n, 10))),
    ("channels/broadcast-100", |n| Box::pin(channels::broadcast(n, 100))),
    ("channels/watch-10", |n| Box::pin(channels::watch(n, 10))),
    ("channels/watch-100", |n| Box::pin(channels::watch(n, 100))),
    ("tasks/spawn-join", |n| Box::pin(tasks::spawn_join(n))),
    ("tasks/ping-pong", |n| Box::pin(tasks::ping_pong(n))),
    ("tasks/yield", |n| Box::pin(tasks::yields(n))),
    ("tasks/select", |n| Box::pin(tasks::select(n))),
    ("tasks/join", |n| Box::pin(tasks::join(n))),
    ("tasks/stream", |n| Box::pin(tasks::stream(n))),
    ("time/sleeps", |n| Box::pin(time::sleeps(n))),
    ("time/cancel", |n| Box::pin(time::cancel(n))),
    ("time/cancel-live", |n| Box::pin(time::cancel_live(n))),
    ("time/timeout", |n| Box::pin(time::timeout_ready(n))),
];

extern "C" {
    /// `clock_t clock(void)` of the C library, which std links anyway: processor time of the
    /// process, in microseconds on Linux.
    fn clock() -> c_long;
}

fn cpu_us() -> i64 {
    // SAFETY: it takes nothing, keeps nothing and may be called at any time.
    unsafe { clock() }
}

/// Runs one batch on a task of its own: `block_on` itself has no place in the run queue.
fn run(runtime: &Runtime, row: fn(u64) -> Batch, operations: u64) -> u64 {
    let batch = row(operations);
    runtime.block_on(async { tokio::spawn(batch).await.expect("the batch does not panic") })
}

fn measure(row: fn(u64) -> Batch, operations: u64, seconds: f64, warmup: f64) {
    let runtime = peers::runtime();
    let began = Instant::now();
    let result = run(&runtime, row, operations);
    while began.elapsed() < Duration::from_secs_f64(warmup) {
        assert_eq!(run(&runtime, row, operations), result, "every batch ends alike");
    }
    let (began, cpu_before, mut batches) = (Instant::now(), cpu_us(), 0);
    while batches == 0 || began.elapsed() < Duration::from_secs_f64(seconds) {
        assert_eq!(run(&runtime, row, operations), result, "every batch ends alike");
        batches += 1;
    }
    let (wall, cpu) = (began.elapsed(), cpu_us() - cpu_before);
    let done = (batches * operations) as f64;
    println!(
        "{{\"ns\":{:.2},\"cpu_ns\":{:.2},\"batches\":{batches},\"operations\":{operations},\"result\":{result}}}",
        wall.as_nanos() as f64 / done,
        cpu as f64 * 1000.0 / done,
    );
}

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    if args == ["--list"] {
        let names: Vec<&str> = ROWS.iter().map(|row| row.0).collect();
        println!("{names:?}");
        return;
    }
    let [name, operations, seconds, warmup] = &args[..] else {
        panic!("usage: ROW OPERATIONS SECONDS WARMUP, or --list");
    };
    let row = ROWS.iter().find(|row| row.0 == name).expect("a row of that name");
    measure(
        row.1,
        operations.parse().expect("a number of operations"),
        seconds.parse().expect("a number of seconds"),
        warmup.parse().expect("a number of seconds"),
    );
}
