//! Locks and signals.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use tokio::sync::{Mutex, Notify, RwLock, Semaphore};
use tokio::task::yield_now;

pub async fn mutex(n: u64) -> u64 {
    let mutex = Mutex::new(0);
    for _ in 0..n {
        *mutex.lock().await += 1;
    }
    mutex.into_inner()
}

pub async fn semaphore(n: u64) -> u64 {
    let semaphore = Semaphore::new(10);
    let mut count = 0;
    for _ in 0..n {
        let _permit = semaphore.acquire().await.expect("it is open");
        count += 1;
    }
    assert_eq!(semaphore.available_permits(), 10);
    count
}

/// A hundred tasks and five permits, each of which is held over a yield.
pub async fn contended(n: u64) -> u64 {
    let semaphore = Arc::new(Semaphore::new(5));
    let (count, held) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut tasks = Vec::with_capacity(100);
    for _ in 0..100 {
        let (semaphore, count, held) = (semaphore.clone(), count.clone(), held.clone());
        tasks.push(tokio::spawn(async move {
            for _ in 0..n / 100 {
                let _permit = semaphore.acquire().await.expect("it is open");
                assert!(held.fetch_add(1, Relaxed) < 5);
                yield_now().await;
                held.fetch_sub(1, Relaxed);
                count.fetch_add(1, Relaxed);
            }
        }));
    }
    for task in tasks {
        task.await.expect("the task does not panic");
    }
    assert_eq!(semaphore.available_permits(), 5);
    count.load(Relaxed)
}

pub async fn rwlock_read(n: u64) -> u64 {
    let lock = RwLock::new(1);
    let mut sum = 0;
    for _ in 0..n {
        sum += *lock.read().await;
    }
    sum
}

/// One task calls, the other answers: two switches each time.
pub async fn notify(n: u64) -> u64 {
    let (ping, pong) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (pinged, ponged) = (ping.clone(), pong.clone());
    let other = tokio::spawn(async move {
        let mut count = 0;
        for _ in 0..n {
            pinged.notified().await;
            count += 1;
            ponged.notify_one();
        }
        count
    });
    for _ in 0..n {
        ping.notify_one();
        pong.notified().await;
    }
    other.await.expect("the task does not panic")
}
