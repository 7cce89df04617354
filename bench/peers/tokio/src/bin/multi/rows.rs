//! The rows: the same steps as in `bench/peers/js_pools/rows.mjs`.

use crate::work::{check, mandelbrot, merge_half, unsorted, Sha256};
use std::ffi::c_long;
use std::fs::{read_dir, read_to_string};
use std::future::Future;
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub struct Plan {
    pub operations: u64,
    pub workers: u64,
    pub seconds: f64,
    pub warmup: f64,
}

type Outcome = (i64, Vec<(&'static str, f64)>);

pub const ROWS: &[(&str, fn(Plan) -> Outcome)] = &[
    ("spawn/one", |plan| per_task(plan, |count, _| spawn_tiny(0, count))),
    ("spawn/all", |plan| per_task(plan, spawn_from_all)),
    ("trip/parked", |plan| round_trip(plan, Duration::from_millis(3))),
    ("trip/busy", |plan| round_trip(plan, Duration::ZERO)),
    ("cpu/hash", |plan| speed_up(plan, || (), |(), count| hash_all(count))),
    ("cpu/mandelbrot", |plan| speed_up(plan, || (), |(), count| draw(count))),
    ("cpu/sort", |plan| {
        let numbers: Vec<u32> = (0..plan.operations as u32).map(unsorted).collect();
        speed_up(plan, move || numbers.clone(), |numbers, _| sort(numbers))
    }),
    ("imbalance/outside", |plan| imbalance(plan, long_and_short)),
    ("imbalance/inside", |plan| {
        imbalance(plan, |count, workers| async move {
            tokio::spawn(long_and_short(count, workers)).await.expect("no panic")
        })
    }),
    ("channels/mpsc", |plan| per_task(plan, |count, _| receive_numbers(count))),
    ("channels/bytes", |plan| per_task(plan, |count, _| read_chunks(count))),
    ("start/cycles", cycles),
];

const BUFFERS_PER_TASK: u64 = 100;
const PARTS: usize = 16;
const LONG: u64 = 500;
const SHORT: u64 = 5;
const CHUNK_BYTES: usize = 16_384;
const STRIDE: usize = 1024;
const SETTLE: Duration = Duration::from_millis(300);

static SHA256: LazyLock<Sha256> = LazyLock::new(Sha256::new);

extern "C" {
    /// `clock_t clock(void)`: processor time of the process, in microseconds on Linux.
    fn clock() -> c_long;
}

fn cpu_ns() -> f64 {
    // SAFETY: it takes nothing, keeps nothing and may be called at any time.
    unsafe { clock() as f64 * 1000.0 }
}

fn start(workers: u64) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(workers as usize).enable_all().build().expect("a runtime")
}

async fn sum(handles: Vec<JoinHandle<u64>>) -> u64 {
    let mut sum = 0;
    for handle in handles {
        sum += handle.await.expect("the task does not panic");
    }
    sum
}

async fn spawn_tiny(begin: u64, end: u64) -> i64 {
    sum((begin..end).map(|i| tokio::spawn(async move { i })).collect()).await as i64
}

async fn spawn_from_all(count: u64, workers: u64) -> i64 {
    let cut = move |i| count * i / workers;
    let share =
        |i| tokio::spawn(async move { spawn_tiny(cut(i), cut(i + 1)).await as u64 });
    sum((0..workers).map(share).collect()).await as i64
}

async fn receive_numbers(count: u64) -> i64 {
    let (tx, mut rx) = mpsc::channel(1024);
    let sent = tokio::spawn(async move {
        for i in 0..count {
            tx.send(i).await.expect("the receiver is there");
        }
    });
    let mut sum = 0;
    while let Some(i) = rx.recv().await {
        sum += i;
    }
    sent.await.expect("no panic");
    sum as i64
}

/// A pipe in memory: a task writes chunks, and bytes at equal distances are added up.
async fn read_chunks(count: u64) -> i64 {
    let (mut writer, mut reader) = tokio::io::duplex(4 * CHUNK_BYTES);
    let written = tokio::spawn(async move {
        for i in 0..count {
            writer.write_all(&[i as u8; CHUNK_BYTES]).await.expect("the reader is there");
        }
    });
    let (mut buffer, mut length, mut sum) = (vec![0u8; CHUNK_BYTES], 0, 0);
    loop {
        let n = reader.read(&mut buffer).await.expect("it is read");
        if n == 0 {
            break;
        }
        let first = (STRIDE - length % STRIDE) % STRIDE;
        sum += buffer[..n].iter().skip(first).step_by(STRIDE).map(|b| i64::from(*b)).sum::<i64>();
        length += n;
    }
    written.await.expect("no panic");
    if length == count as usize * CHUNK_BYTES { sum } else { -1 }
}

async fn hash_all(count: u64) -> i64 {
    let task = |i| tokio::spawn(async move { SHA256.hash(i * BUFFERS_PER_TASK, BUFFERS_PER_TASK) });
    sum((0..count / BUFFERS_PER_TASK).map(task).collect()).await as i64
}

async fn draw(rows: u64) -> i64 {
    sum((0..rows).map(|row| tokio::spawn(async move { mandelbrot(row) })).collect()).await as i64
}

async fn sort(numbers: Vec<u32>) -> Vec<u32> {
    let numbers = Arc::new(numbers);
    let cut = |i| numbers.len() * i / PARTS;
    let mut tasks: Vec<JoinHandle<Vec<u32>>> = Vec::new();
    for i in 0..PARTS {
        let (numbers, part) = (numbers.clone(), cut(i)..cut(i + 1));
        tasks.push(tokio::spawn(async move {
            let mut part = numbers[part].to_vec();
            part.sort_unstable();
            part
        }));
    }
    let mut parts = Vec::new();
    for task in tasks {
        parts.push(Arc::new(task.await.expect("no panic")));
    }
    while parts.len() > 1 {
        let merges: Vec<_> = parts
            .chunks_exact(2)
            .map(|pair| {
                [false, true].map(|from_back| {
                    let (left, right) = (pair[0].clone(), pair[1].clone());
                    tokio::spawn(async move { merge_half(&left, &right, from_back) })
                })
            })
            .collect();
        parts.clear();
        for [lower, upper] in merges {
            let mut merged = lower.await.expect("no panic");
            merged.extend(upper.await.expect("no panic").iter().rev());
            parts.push(Arc::new(merged));
        }
    }
    Arc::into_inner(parts.pop().expect("one is left")).expect("nobody else has it")
}

/// Repeats a batch for so long, at least `least` times; all must end alike.
fn repeat(seconds: f64, least: u32, mut batch: impl FnMut() -> i64) -> (i64, u32) {
    let (began, mut batches) = (Instant::now(), 0);
    let mut result = None;
    while batches < least || began.elapsed().as_secs_f64() < seconds {
        let now = batch();
        assert_eq!(*result.get_or_insert(now), now, "every batch ends alike");
        batches += 1;
    }
    (result.expect("there was a batch"), batches)
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((share * values.len() as f64) as usize).min(values.len() - 1)]
}

fn per_task<F: Future<Output = i64>>(plan: Plan, batch: impl Fn(u64, u64) -> F) -> Outcome {
    let runtime = start(plan.workers);
    let run = || runtime.block_on(batch(plan.operations, plan.workers));
    repeat(plan.warmup, 1, run);
    let (began, cpu_before) = (Instant::now(), cpu_ns());
    let (result, batches) = repeat(plan.seconds, 1, run);
    let tasks = f64::from(batches) * plan.operations as f64;
    let ns = began.elapsed().as_nanos() as f64 / tasks;
    (result, vec![("ns", ns), ("cpu_ns", (cpu_ns() - cpu_before) / tasks)])
}

fn round_trip(plan: Plan, rest: Duration) -> Outcome {
    let runtime = start(plan.workers);
    repeat(plan.warmup, 1, || runtime.block_on(spawn_tiny(0, 100)));
    let (times, result) = runtime.block_on(async {
        let (mut times, mut result) = (Vec::new(), 0);
        for i in 0..plan.operations {
            if rest > Duration::ZERO {
                tokio::time::sleep(rest).await;
            }
            let began = Instant::now();
            result += tokio::spawn(async move { i }).await.expect("no panic");
            times.push(began.elapsed().as_nanos() as f64 / 1000.0);
        }
        (times, result)
    });
    let mut times = times;
    let (p50, p99) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    (result as i64, vec![("p50_us", p50), ("p99_us", p99)])
}

/// What a batch ends with, as a number.
trait Proof {
    fn number(self) -> i64;
}

impl Proof for i64 {
    fn number(self) -> i64 {
        self
    }
}

impl Proof for Vec<u32> {
    fn number(self) -> i64 {
        check(&self)
    }
}

/// The same work by one worker and by all of them, in turns. Input and proof are not timed.
fn speed_up<I, P: Proof, F: Future<Output = P>>(
    plan: Plan,
    input: impl Fn() -> I,
    batch: impl Fn(I, u64) -> F,
) -> Outcome {
    let runtimes = [start(1), start(plan.workers)];
    let run = |runtime: &Runtime, times: &mut Vec<f64>| {
        let input = input();
        let began = Instant::now();
        let proof = runtime.block_on(batch(input, plan.operations));
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        proof.number()
    };
    for runtime in &runtimes {
        repeat(plan.warmup, 1, || run(runtime, &mut Vec::new()));
    }
    let (mut times, mut turn) = ([Vec::new(), Vec::new()], 0);
    let (result, _) = repeat(plan.seconds, 2, || {
        turn += 1;
        run(&runtimes[(turn - 1) % 2], &mut times[(turn - 1) % 2])
    });
    let [one, all] = times.each_mut().map(|times| quantile(times, 0.5));
    (result, vec![("one_ms", one), ("all_ms", all), ("speed_up", one / all)])
}

async fn long_and_short(count: u64, workers: u64) -> (i64, Vec<f64>) {
    let began = Instant::now();
    let awaits: Vec<JoinHandle<(u64, f64)>> = (0..count)
        .map(|i| {
            let buffers = if i % workers == 0 { LONG } else { SHORT };
            let task = tokio::spawn(async move { SHA256.hash(i, buffers) });
            tokio::spawn(async move {
                let result = task.await.expect("no panic");
                (result, began.elapsed().as_secs_f64() * 1000.0)
            })
        })
        .collect();
    let (mut result, mut ended) = (0, Vec::new());
    for one in awaits {
        let (sum, at) = one.await.expect("no panic");
        result += sum as i64;
        ended.push(at);
    }
    (result, ended)
}

fn imbalance<F: Future<Output = (i64, Vec<f64>)>>(
    plan: Plan,
    batch: impl Fn(u64, u64) -> F,
) -> Outcome {
    let runtime = start(plan.workers);
    repeat(plan.warmup, 1, || runtime.block_on(hash_all(1000)));
    let mut times = Vec::new();
    let (result, _) = repeat(plan.seconds, 1, || {
        let (result, ended) = runtime.block_on(batch(plan.operations, plan.workers));
        times.extend(ended);
        result
    });
    let (p50, p99) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    (result, vec![("p50_ms", p50), ("p99_ms", p99)])
}

/// Resident memory in KiB, and how many descriptors are open.
fn footprint() -> (f64, f64) {
    let status = read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it has memory");
    let kib = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("a number");
    (kib, read_dir("/proc/self/fd").expect("Linux").count() as f64)
}

fn cycles(plan: Plan) -> Outcome {
    let cycle = || start(plan.workers).block_on(spawn_tiny(0, 10));
    cycle();
    thread::sleep(SETTLE);
    let before = footprint();
    let began = Instant::now();
    let result = (0..plan.operations).map(|_| cycle()).sum();
    let ms = began.elapsed().as_secs_f64() * 1000.0 / plan.operations as f64;
    thread::sleep(SETTLE);
    let after = footprint();
    let values = vec![
        ("cycle_ms", ms),
        ("rss_before_kib", before.0),
        ("rss_after_kib", after.0),
        ("files_before", before.1),
        ("files_after", after.1),
    ];
    (result, values)
}
