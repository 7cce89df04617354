//! The other channels.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot, watch, Notify};

pub async fn oneshot(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        let (tx, rx) = oneshot::channel();
        tx.send(i).expect("the receiver is there");
        sum += rx.await.expect("the sender has sent");
    }
    sum
}

/// A server task answers each request with how many there have been.
pub async fn request_reply(n: u64) -> u64 {
    let (requests, mut incoming) = mpsc::channel::<oneshot::Sender<u64>>(10);
    tokio::spawn(async move {
        let mut count = 0;
        while let Some(reply) = incoming.recv().await {
            count += 1;
            reply.send(count).expect("the client waits");
        }
    });
    let mut sum = 0;
    for _ in 0..n {
        let (tx, rx) = oneshot::channel();
        requests.send(tx).await.expect("the server is there");
        sum += rx.await.expect("the server answers");
    }
    sum
}

/// Who has got the message counts down; the last one tells the sender.
struct Acks {
    missing: AtomicU64,
    complete: Notify,
}

impl Acks {
    fn new() -> Arc<Acks> {
        Arc::new(Acks { missing: AtomicU64::new(0), complete: Notify::new() })
    }

    fn ack(&self) {
        if self.missing.fetch_sub(1, Relaxed) == 1 {
            self.complete.notify_one();
        }
    }
}

/// `n` counts deliveries; the next message is sent when everybody has got the last one.
pub async fn broadcast(n: u64, receivers: u64) -> u64 {
    let sends = n / receivers;
    let (tx, rx) = broadcast::channel(1000);
    let acks = Acks::new();
    let mut tasks = Vec::new();
    for _ in 0..receivers {
        let (mut rx, acks) = (tx.subscribe(), acks.clone());
        tasks.push(tokio::spawn(async move {
            let mut sum = 0;
            for _ in 0..sends {
                sum += rx.recv().await.expect("nobody lags");
                acks.ack();
            }
            sum
        }));
    }
    drop(rx);
    for i in 1..=sends {
        acks.missing.store(receivers, Relaxed);
        tx.send(i).expect("the receivers are there");
        acks.complete.notified().await;
    }
    let mut sum = 0;
    for task in tasks {
        sum += task.await.expect("the task does not panic");
    }
    sum
}

pub async fn watch(n: u64, receivers: u64) -> u64 {
    let sends = n / receivers;
    let (tx, rx) = watch::channel(0);
    let acks = Acks::new();
    let mut tasks = Vec::new();
    for _ in 0..receivers {
        let (mut rx, acks) = (rx.clone(), acks.clone());
        tasks.push(tokio::spawn(async move {
            let mut sum = 0;
            for _ in 0..sends {
                rx.changed().await.expect("the sender is there");
                sum += *rx.borrow_and_update();
                acks.ack();
            }
            sum
        }));
    }
    for i in 1..=sends {
        acks.missing.store(receivers, Relaxed);
        tx.send(i).expect("the receivers are there");
        acks.complete.notified().await;
    }
    let mut sum = 0;
    for task in tasks {
        sum += task.await.expect("the task does not panic");
    }
    sum
}
