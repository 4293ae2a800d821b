//! How long the parts of a call take: `cargo bench`.
//!
//! Everything is in memory and the same in each run; only the time differs.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod line;

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::Duration;

use divan::{Bencher, black_box};
use line::{Line, answer, event, shard};
use relay_script::relay::frame;
use relay_script::rhai::{Dynamic, Engine};
use relay_script::script::api::args::write_params;
use relay_script::script::api::verbs::call_verb;
use relay_script::script::check::{Vocabulary, check};
use relay_script::script::compiler::Compiler;
use relay_script::script::engine::compile_engine;
use relay_script::script::program::Program;
use relay_script::script::sources::InMemory;
use relay_script::sim::{InboundCall, Peer, PeerOptions};
use relay_script::testing::Loopback;
use serde_json::json;

const PAY: &str = include_str!("../../scripts/pay.rhai");

fn main() {
    divan::main();
}

/// Reads an event of some 300 bytes.
#[divan::bench]
fn frame_parse(bencher: Bencher<'_, '_>) {
    let params = json!({
        "call_id": "8f1e3c52-6f0e-4a55-9d44-0a9d5f0b7c11", "node_id": "node-1",
        "control_id": "3a1f2d64-1f6a-4f0e-8a30-5b1c7d9e2f10", "state": "finished",
    });
    let text = event(1, "calling.call.play", &params);
    bencher.bench(|| frame::parse(black_box(&text), &mut frame::Frame::default()).is_ok());
}

/// An event comes for a suspended script, until its next verb's frame is in the outbox.
#[divan::bench(sample_size = 1, sample_count = 2_000)]
fn event_to_script_resume(bencher: Bencher<'_, '_>) {
    let line = RefCell::new(Line::of("call.answer(); loop { call.play(\"Hello\").wait(); }"));
    {
        let mut line = line.borrow_mut();
        let call = line.new_call();
        line.take(&call);
        let answered = answer(&line.next(), json!({ "code": "200" }));
        line.take(&answered);
    }
    let play_ends = || {
        let mut line = line.borrow_mut();
        let play = line.next();
        line.take(&answer(&play, json!({ "code": "200" })));
        let mut params = play["params"].clone();
        params["state"] = "finished".into();
        line.event("calling.call.play", &params)
    };
    bencher.with_inputs(play_ends).bench_local_refs(|event| assert_eq!(line.borrow_mut().take(event), 2));
}

/// A call comes in, until the script's first frame is in the outbox.
#[divan::bench(sample_size = 1, sample_count = 2_000)]
fn call_start(bencher: Bencher<'_, '_>) {
    let line = RefCell::new(Line::of(PAY));
    let is_live = Cell::new(false);
    let next_call = || {
        let mut line = line.borrow_mut();
        if is_live.replace(true) {
            line.forget_call();
        }
        line.new_call()
    };
    bencher.with_inputs(next_call).bench_local_refs(|event| assert_eq!(line.borrow_mut().take(event), 2));
}

/// Arguments of a verb to the params of its request.
#[divan::bench(args = ["play", "pay"])]
fn verb_to_frame(bencher: Bencher<'_, '_>, name: &str) {
    let options = match name {
        "play" => r#"[#{ type: "tts", text: "We will now collect your payment." }]"#,
        _ => {
            r#"#{ payment_connector_url: "https://example.com/payment-connector", charge_amount: "29.99",
                currency: "USD", security_code: true, postal_code: true }"#
        }
    };
    let options: Dynamic = Engine::new().eval(options).unwrap();
    let verb = call_verb(name).unwrap();
    let mut out = String::new();
    bencher.bench_local(|| {
        out.clear();
        write_params(verb, &[black_box(&options)], &mut out).is_ok()
    });
}

/// A script's text to a program that can run.
#[divan::bench]
fn compile(bencher: Bencher<'_, '_>) {
    let compiler = Compiler::new(compile_engine(None));
    let files = InMemory::new([("pay.rhai", PAY)]);
    bencher.bench_local(|| Program::compile(&compiler, &files, Path::new("pay.rhai"), 1).is_ok());
}

/// Looking for mistakes in a script's text.
#[divan::bench]
fn check_script(bencher: Bencher<'_, '_>) {
    let compiler = Compiler::new(compile_engine(None));
    let files = InMemory::new([("pay.rhai", PAY)]);
    let vocabulary = Vocabulary::of_calls();
    bencher.bench_local(|| check(&compiler, &files, Path::new("pay.rhai"), &vocabulary).has_errors());
}

/// A whole call that pays, both ends of the line included.
#[divan::bench]
fn pay_call(bencher: Bencher<'_, '_>) {
    let mut line = Loopback::new(shard(PAY), Peer::new(PeerOptions::default()));
    line.settle();
    bencher.bench_local(|| {
        let now = line.now();
        line.peer().dial_in(now, InboundCall { context: "default".into(), ..InboundCall::default() });
        line.settle();
        assert!(line.run_until(Duration::from_secs(3_600), |line| line.shard().live() == 0));
        line.peer().take_observations().len()
    });
}
