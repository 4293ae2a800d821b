//! A Rust program that runs a script with a function of its own: `cargo run --example embed`.
//!
//! The call is simulated, so it takes no account and no network.
#![allow(clippy::print_stdout, reason = "what it prints is its output")]

use std::error::Error;

use relay_script::rhai::EvalAltResult;
use relay_script::rust_decimal::Decimal;
use relay_script::sim::InboundCall;
use relay_script::testing::Rehearsal;

const SCRIPT: &str = r#"
call.answer();
let total = price("chair") * 2;
call.say(`Two chairs are ${total} dollars.`);
let paid = call.pay("https://example.com/connector", #{ charge_amount: total }).wait();
call.say(if paid.params.state == "finished" { "Thank you." } else { "Please try again." });
call.hangup();
"#;

/// What a thing costs: scripts call it as `price("chair")`.
fn price(thing: &str) -> Result<Decimal, Box<EvalAltResult>> {
    match thing {
        "chair" => Ok(Decimal::new(24_95, 2)),
        _ => Err(format!("there is no price for \"{thing}\"").into()),
    }
}

/// Runs the script for one caller; gives what the caller heard.
pub fn one_call() -> Result<Vec<String>, Box<dyn Error>> {
    let rehearsal = Rehearsal::of_text(SCRIPT).with_functions(|module| {
        module.set_native_fn("price", price);
    });
    let call = rehearsal.call(InboundCall::default())?;
    Ok(call.heard().map(str::to_owned).collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    for text in one_call()? {
        println!("the caller heard: {text}");
    }
    Ok(())
}
