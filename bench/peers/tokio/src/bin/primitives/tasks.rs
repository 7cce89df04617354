//! Tasks, and several waits at once.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, Notify};
use tokio::task::yield_now;
use tokio_stream::StreamExt;

pub async fn spawn_join(n: u64) -> u64 {
    let mut tasks = Vec::with_capacity(n as usize);
    for i in 0..n {
        tasks.push(tokio::spawn(async move { i }));
    }
    let mut sum = 0;
    for task in tasks {
        sum += task.await.expect("the task does not panic");
    }
    sum
}

/// `n` tasks, each of which spawns a peer and exchanges a message with it over two oneshots.
pub async fn ping_pong(n: u64) -> u64 {
    let (left, done) = (Arc::new(AtomicU64::new(n)), Arc::new(Notify::new()));
    for _ in 0..n {
        let (left, done) = (left.clone(), done.clone());
        tokio::spawn(async move {
            let (ping, pinged) = oneshot::channel();
            let (pong, ponged) = oneshot::channel();
            tokio::spawn(async move {
                pinged.await.expect("a ping");
                pong.send(()).expect("it waits");
            });
            ping.send(()).expect("it waits");
            ponged.await.expect("a pong");
            if left.fetch_sub(1, Relaxed) == 1 {
                done.notify_one();
            }
        });
    }
    done.notified().await;
    n - left.load(Relaxed)
}

pub async fn yields(n: u64) -> u64 {
    let mut tasks = Vec::with_capacity(200);
    for _ in 0..200 {
        tasks.push(tokio::spawn(async move {
            let mut count = 0;
            for _ in 0..n / 200 {
                yield_now().await;
                count += 1;
            }
            count
        }));
    }
    let mut sum = 0;
    for task in tasks {
        sum += task.await.expect("the task does not panic");
    }
    sum
}

/// A message against a signal that never comes, which is asked first and so waits each time.
pub async fn select(n: u64) -> u64 {
    let (tx, mut rx) = mpsc::unbounded_channel();
    let shutdown = Notify::new();
    let mut sum = 0;
    for i in 0..n {
        tx.send(i).expect("the receiver is there");
        tokio::select! {
            biased;
            _ = shutdown.notified() => panic!("nobody notifies"),
            message = rx.recv() => sum += message.expect("the sender is there"),
        }
    }
    sum
}

async fn later(value: u64) -> u64 {
    yield_now().await;
    value
}

/// Ten futures, each of which yields once.
pub async fn join(n: u64) -> u64 {
    let mut sum = 0;
    for _ in 0..n {
        let (a, b, c, d, e, f, g, h, i, j) = tokio::join!(
            later(0),
            later(1),
            later(2),
            later(3),
            later(4),
            later(5),
            later(6),
            later(7),
            later(8),
            later(9),
        );
        sum += a + b + c + d + e + f + g + h + i + j;
    }
    sum
}

pub async fn stream(n: u64) -> u64 {
    let odd = tokio_stream::iter(0..n).map(|i| black_box(i) * 2 + i % 2).filter(|i| i % 2 == 1);
    odd.fold(0, |sum, i| sum + i).await
}
