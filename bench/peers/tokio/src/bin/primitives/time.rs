//! Timers.

use std::future::{poll_fn, ready, Future};
use std::pin::{pin, Pin};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::task::unconstrained;
use tokio::time::{sleep, timeout, Sleep};

/// All at the same time, of 1 to 100 ms; those that do not end early are counted.
pub async fn sleeps(n: u64) -> u64 {
    let mut tasks = Vec::with_capacity(n as usize);
    for i in 0..n {
        tasks.push(tokio::spawn(async move {
            let duration = Duration::from_millis(1 + (i * 7919) % 100);
            let began = Instant::now();
            sleep(duration).await;
            u64::from(began.elapsed() >= duration)
        }));
    }
    let mut in_time = 0;
    for task in tasks {
        in_time += task.await.expect("the task does not panic");
    }
    in_time
}

/// Far off, and spread over a minute, so that the timers do not share one slot of the wheel.
fn deadline(i: u64) -> Duration {
    Duration::from_millis(60_000 + (i * 7919) % 60_000)
}

async fn is_pending(timer: &mut Pin<&mut Sleep>) -> bool {
    poll_fn(|cx| Poll::Ready(timer.as_mut().poll(cx).is_pending())).await
}

/// Each is started and dropped before the next. Without `unconstrained`, the 129th poll would be
/// turned away by the task's budget and measure nothing.
pub async fn cancel(n: u64) -> u64 {
    unconstrained(async {
        let mut pending = 0;
        for i in 0..n {
            let mut timer = pin!(sleep(deadline(i)));
            pending += u64::from(is_pending(&mut timer).await);
        }
        pending
    })
    .await
}

/// All are started, then all are dropped.
pub async fn cancel_live(n: u64) -> u64 {
    unconstrained(async {
        let mut timers = Vec::with_capacity(n as usize);
        let mut pending = 0;
        for i in 0..n {
            let mut timer = Box::pin(sleep(deadline(i)));
            pending += u64::from(is_pending(&mut timer.as_mut()).await);
            timers.push(timer);
        }
        pending
    })
    .await
}

pub async fn timeout_ready(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += timeout(Duration::from_secs(1), ready(i)).await.expect("it is in time");
    }
    sum
}
