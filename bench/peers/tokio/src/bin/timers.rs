//! One timer inserted and cancelled, a million times: make a sleep, poll it once, drop it.
//!
//! Prints one JSON line: nanoseconds per insert-and-cancel, the median of five samples and each.

use std::future::{poll_fn, Future};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::task::unconstrained;
use tokio::time::sleep;

const PAIRS: u64 = 1_000_000;
const SAMPLES: usize = 5;

/// Deadlines spread over a minute, so that the timers do not share one slot of the wheel.
fn deadline(i: u64) -> Duration {
    Duration::from_millis(1_000 + (i * 7919) % 60_000)
}

async fn insert_and_cancel(duration: Duration) {
    let mut timer = pin!(sleep(duration));
    poll_fn(|cx| {
        assert!(timer.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// Without `unconstrained`, the 129th poll would be turned away by the task's budget and measure
/// nothing.
async fn sample() -> f64 {
    let began = Instant::now();
    unconstrained(async {
        for i in 0..PAIRS {
            insert_and_cancel(deadline(i)).await;
        }
    })
    .await;
    began.elapsed().as_nanos() as f64 / PAIRS as f64
}

fn main() {
    let runtime = peers::runtime();
    let mut samples = Vec::new();
    for _ in 0..SAMPLES {
        let task = runtime.spawn(sample());
        samples.push(runtime.block_on(task).expect("the sample does not panic"));
    }
    samples.sort_by(f64::total_cmp);
    let flavour = if peers::is_multi_thread() { "multi_thread" } else { "current_thread" };
    println!(
        "{{\"flavour\":\"{flavour}\",\"pairs\":{PAIRS},\"ns_per_pair\":{:.1},\"samples\":{samples:.1?}}}",
        samples[SAMPLES / 2]
    );
}
