//! What a script may take of the machine: time and memory, told by meters that the test holds.
#![allow(clippy::unwrap_used)]

mod common;

use std::cell::Cell;
use std::time::Duration;

use common::{Rig, patient};
use relay_script::script::scheduler::Meters;

thread_local! {
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// How often a meter was asked.
fn asked() -> u32 {
    ASKED.with(|asked| asked.replace(asked.get() + 1))
}

fn still() -> Duration {
    Duration::ZERO
}

fn none() -> usize {
    0
}

/// Each look at the clock is ten milliseconds later than the one before.
fn quick() -> Duration {
    Duration::from_millis(10) * asked()
}

/// Each look at the memory finds thirty-two mebibytes more.
fn greedy() -> usize {
    asked() as usize * 32 * 1024 * 1024
}

fn failure(script: &str, meters: Meters) -> Option<String> {
    let mut rig = Rig::new(script);
    rig.line.shard().host().scheduler.set_meters(meters);
    rig.dial(patient(60));
    assert!(rig.wait_for_the_end(), "{script}");
    rig.lines().into_iter().find(|line| line.starts_with("failed "))
}

#[test]
fn a_script_that_computes_for_too_long_is_ended() {
    let spin = "call.answer(); let n = 0; for i in 0..1000000 { n += i }";
    let failed = failure(spin, Meters { clock: quick, memory: none }).unwrap();
    assert!(failed.contains("the script computed for 10 seconds without waiting"), "{failed}");
    assert_eq!(failure(spin, Meters { clock: still, memory: none }), None);
}

#[test]
fn a_script_that_takes_too_much_memory_is_ended() {
    let bomb = "call.answer(); let a = []; for i in 0..9000 { a.push(i); } let b = a.map(|x| x + 1);";
    let failed = failure(bomb, Meters { clock: still, memory: greedy }).unwrap();
    assert!(failed.contains("the script took 256 MiB of memory without waiting"), "{failed}");
    assert_eq!(failure(bomb, Meters { clock: still, memory: none }), None);
}

#[test]
fn what_is_computed_before_a_wait_does_not_count_after_it() {
    let patient = "call.answer(); for round in 0..40 { for i in 0..1000 { } sleep(0.1); }";
    assert_eq!(failure(patient, Meters { clock: quick, memory: none }), None);
}
