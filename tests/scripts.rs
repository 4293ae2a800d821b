//! What a script sees and what becomes of it, against the simulated peer in virtual time.
#![allow(clippy::unwrap_used)]

mod common;

use common::Rig;

#[test]
fn the_pay_script_collects_a_payment() {
    let mut rig = Rig::new(include_str!("../scripts/pay.rhai"));
    rig.dial(relay_script::sim::CallPlan::default());
    rig.wait(120.0);
    assert_eq!(rig.heard(), ["We will now collect your payment.", "Payment processed successfully."]);
    assert_eq!(rig.verbs(), ["calling.answer", "calling.play", "calling.pay", "calling.play", "calling.end"]);
    assert_eq!(rig.lines(), ["ended hangup"]);
}

#[test]
fn playground() {
    let Ok(script) = std::env::var("SCRIPT") else { return };
    let mut rig = Rig::new(&script);
    rig.dial(relay_script::sim::CallPlan {
        silent: true,
        hang_up_after: Some(std::time::Duration::from_secs(60)),
        ..Default::default()
    });
    rig.line.run_until(std::time::Duration::from_secs(600), |line| line.shard().live() == 0);
    for l in rig.lines() {
        println!("   {}", &l[..l.len().min(200)]);
    }
}
