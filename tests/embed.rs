//! The example of embedding does what it says.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, reason = "its main is not run here")]
#[path = "../examples/embed.rs"]
mod example;

#[test]
fn the_example_sells_two_chairs() {
    let heard = example::one_call().unwrap();
    assert_eq!(heard.first().unwrap(), "Two chairs are 49.90 dollars.");
    assert!(heard.contains(&"Please enter your credit card number".to_owned()), "{heard:?}");
    assert_eq!(heard.last().unwrap(), "Thank you.");
}
