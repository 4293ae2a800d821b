//! Work over threads, with the results in the order of the work.
//!
//! Each thread has a worker of its own, made there: it may hold what cannot leave its thread.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does every job, on so many threads (at least one). `tell` hears of each in order, as soon as those before it
/// are done. `done` makes of each worker, when there is nothing left to do, what is given back.
pub fn in_order<W, J: Sync, T: Send, R: Send>(
    jobs: &[J],
    threads: usize,
    worker: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, &J) -> T + Sync,
    done: impl Fn(W) -> R + Sync,
    mut tell: impl FnMut(&J, T),
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let start = |_| {
            let (sender, next, worker, work, done) = (sender.clone(), &next, &worker, &work, &done);
            scope.spawn(move || {
                let mut worker = worker();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { break };
                    if sender.send((index, work(&mut worker, job))).is_err() {
                        break;
                    }
                }
                done(worker)
            })
        };
        let threads: Vec<_> = (0..threads.clamp(1, jobs.len().max(1))).map(start).collect();
        drop(sender);
        let (mut waiting, mut turn) = (BTreeMap::new(), 0);
        for (index, result) in receiver {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&turn) {
                tell(&jobs[turn], result);
                turn += 1;
            }
        }
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_work() {
        let jobs: Vec<usize> = (0..100).collect();
        for threads in [0, 1, 3, 200] {
            let mut told = Vec::new();
            let done = in_order(
                &jobs,
                threads,
                || 0,
                |_, job| job * 2,
                |_| (),
                |job, result| told.push((*job, result)),
            );
            assert_eq!(done.len(), threads.clamp(1, 100));
            assert_eq!(told, jobs.iter().map(|job| (*job, job * 2)).collect::<Vec<_>>());
        }
        in_order(&[] as &[usize], 2, || (), |(), job| *job, drop, |_, _| unreachable!());
    }
}
