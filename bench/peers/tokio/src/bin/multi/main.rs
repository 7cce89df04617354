//! One row of the benchmark `multi` on Tokio's multi-thread runtime.
//!
//! `ROW OPERATIONS WORKERS SECONDS WARMUP` prints one line of JSON: how many operations a batch had,
//! the number that it ended with, and the figures. `--list` prints the names of the rows.

mod rows;
mod work;

use std::env;

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    if args == ["--list"] {
        let names: Vec<&str> = rows::ROWS.iter().map(|row| row.0).collect();
        println!("{names:?}");
        return;
    }
    let [name, operations, workers, seconds, warmup] = &args[..] else {
        panic!("usage: ROW OPERATIONS WORKERS SECONDS WARMUP, or --list");
    };
    let row = rows::ROWS.iter().find(|row| row.0 == name).expect("a row of that name");
    let plan = rows::Plan {
        operations: operations.parse().expect("a number of operations"),
        workers: workers.parse().expect("a number of workers"),
        seconds: seconds.parse().expect("a number of seconds"),
        warmup: warmup.parse().expect("a number of seconds"),
    };
    let (result, values) = row.1(plan);
    let values: Vec<String> =
        values.iter().map(|(unit, value)| format!("\"{unit}\":{value:.3}")).collect();
    println!(
        "{{\"operations\":{operations},\"result\":{result},\"values\":{{{}}}}}",
        values.join(",")
    );
}
