//! The example of embedding does what it says.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, reason = "its main is not run here")]
#[path = "../examples/embed.rs"]
mod example;

#[test]
fn the_example_sells_two_chairs() {
    assert_eq!(example::one_call().unwrap(), ["Two chairs are 49.90 dollars.", "Thank you."]);
}
