//! Many senders, each a task, and one receiver.

use tokio::sync::mpsc;

/// At most so many are taken at once.
const MANY: usize = 128;

pub async fn bounded(n: u64, senders: u64, capacity: usize, many: bool) -> u64 {
    let (tx, mut rx) = mpsc::channel(capacity);
    for _ in 0..senders {
        let tx = tx.clone();
        tokio::spawn(async move {
            for i in 0..n / senders {
                tx.send(i).await.expect("the receiver is there");
            }
        });
    }
    drop(tx);
    let mut sum = 0;
    if many {
        let mut buffer = Vec::with_capacity(MANY);
        while rx.recv_many(&mut buffer, MANY).await > 0 {
            sum += buffer.drain(..).sum::<u64>();
        }
    } else {
        while let Some(i) = rx.recv().await {
            sum += i;
        }
    }
    sum
}

pub async fn unbounded(n: u64, senders: u64, many: bool) -> u64 {
    let (tx, mut rx) = mpsc::unbounded_channel();
    for _ in 0..senders {
        let tx = tx.clone();
        tokio::spawn(async move {
            for i in 0..n / senders {
                tx.send(i).expect("the receiver is there");
            }
        });
    }
    drop(tx);
    let mut sum = 0;
    if many {
        let mut buffer = Vec::with_capacity(MANY);
        while rx.recv_many(&mut buffer, MANY).await > 0 {
            sum += buffer.drain(..).sum::<u64>();
        }
    } else {
        while let Some(i) = rx.recv().await {
            sum += i;
        }
    }
    sum
}
