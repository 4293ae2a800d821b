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
    for s in [
        "call.answer(); loop { }",
        "call.answer(); fn f(n) { f(n + 1) } f(1);",
        "let a = []; loop { a = [a]; }",
        "let m = #{}; loop { m = #{a: m}; }",
        "let m = #{}; loop { let n = #{}; n.a = m; m = n; }",
        "let m = []; loop { let n = []; n.push(m); m = n; }",
        "let m = []; loop { let n = [0]; n[0] = m; m = n; }",
        "let s = \"x\"; loop { s += s; }",
        "call.answer(); let a = call.play(\"hello\"); a.on_completed(|e| { print(a.is_done); print(e.params.state); }); a.wait(); call.hangup(); fn on_end(call, reason) { print(reason + call.state); }",
        "call.answer(); call.on(\"play\", |e| print(e.params.state)); call.say(\"x\"); let t = spawn(|| { sleep(1); 42 }); print(t.wait()); call.hangup();",
        "call.answer(); let t = spawn(|| { throw \"bad\" }); try { t.wait() } catch(e) { print(e) } call.hangup();",
        "call.answer(); let x = call.wait_for(\"play\", 2);",
        "call.answer(); let a = call.play(\"silence:30\"); let b = call.play(\"silence:3\"); let f = wait_any([a, b]); print(f == b); call.hangup();",
        "call.answer(); let b = relay.dial(\"+15551234567\", #{}); print(b.state); b.hangup(); call.hangup();",
        "call.answer(); let m = relay.send_message(#{to_number: \"+15552222222\", from_number: \"+15551111111\", body: \"hi\"}); print(m.wait().params.message_state); call.hangup();",
        "call.answer(); print(call.from); print(call.to); print(script.version); print(call.context); call.play(#{type: \"x\"})",
        "call.answer(); loop { try { call.say(\"x\"); } catch { } }",
    ] {
        println!("== {s}");
        let mut rig = Rig::new(s);
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
}
