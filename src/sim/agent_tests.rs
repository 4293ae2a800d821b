//! The stand-in for an AI agent, and what hears and echoes.
#![allow(clippy::unwrap_used)]

use super::What;
use super::test_bench::Bench;
use serde_json::json;

/// What the caller heard, as `seconds text`.
fn heard(bench: &Bench) -> Vec<String> {
    let text = |seen: &super::Observation| match &seen.what {
        What::Heard { text, .. } => Some(format!("{:.1} {text}", seen.at.as_secs_f64())),
        _ => None,
    };
    bench.seen.iter().filter_map(text).collect()
}

#[test]
fn the_agent_says_what_it_is_and_takes_turns() {
    let mut bench = Bench::answered();
    let reply = bench.about("calling.ai", json!({"control_id": "c", "prompt": {"text": "You help."}}));
    assert_eq!(reply["code"], "200");
    assert_eq!(bench.about("calling.ai", json!({"control_id": "d"}))["code"], "409");
    bench.pass(10.0);
    bench.speak("sales");
    bench.speak("no, support");
    bench.pass(10.0);
    assert_eq!(bench.about("calling.ai_message", json!({"message_text": "It was shipped."}))["code"], "200");
    bench.about("calling.ai_message", json!({"message_text": "hello", "role": "user"}));
    bench.pass(10.0);
    assert_eq!(bench.about("calling.ai.stop", json!({"control_id": "c"}))["code"], "200");
    let heard = heard(&bench);
    assert!(heard[0].starts_with("0.0 This is the simulator's stand-in for an AI agent."), "{heard:?}");
    assert_eq!(
        heard[1..],
        [
            "10.0 You said: \"sales\".",
            "10.0 You said: \"no, support\".",
            "20.0 I was told: \"It was shipped.\".",
            "22.1 You said: \"hello\".",
        ]
    );
    assert_eq!(bench.events(), ["0.0 ai answering", "30.0 ai finished"]);
    assert_eq!(bench.about("calling.ai_message", json!({"message_text": "x"}))["code"], "404");
}

#[test]
fn an_agent_on_hold_hears_nothing() {
    for (unholds, back) in [(true, "14.0 Back."), (false, "40.6 You said: \"2\".")] {
        let mut bench = Bench::answered();
        bench.about("calling.amazon_bedrock", json!({"prompt": {"text": "You help."}}));
        bench.pass(10.0);
        let hold = json!({"timeout": "30", "prompt": "Hold on."});
        assert_eq!(bench.about("calling.ai_unhold", json!({}))["code"], "400");
        assert_eq!(bench.about("calling.ai_hold", hold)["code"], "200");
        bench.pass(4.0);
        bench.speak("1");
        if unholds {
            assert_eq!(bench.about("calling.ai_unhold", json!({"prompt": "Back."}))["code"], "200");
        } else {
            bench.pass(26.6);
            bench.speak("2");
        }
        assert_eq!(heard(&bench)[1..], ["10.0 Hold on.", back]);
        assert!(bench.events().is_empty(), "no event of Bedrock is documented");
    }
}

#[test]
fn an_echo_is_heard_until_it_is_over() {
    let mut bench = Bench::answered();
    bench.about("calling.echo", json!({"timeout": 5}));
    bench.speak("one");
    bench.pass(6.0);
    bench.speak("two");
    assert_eq!(heard(&bench), ["0.0 one"]);
}

#[test]
fn a_fax_has_pages_and_needs_a_document_that_exists() {
    let mut bench = Bench::answered();
    bench.peer.set_fax_pages(3);
    bench.about("calling.receive_fax", json!({"control_id": "r"}));
    bench.pass(20.0);
    assert_eq!(bench.events(), ["3.0 fax page", "6.0 fax page", "9.0 fax page", "12.0 fax finished"]);
    assert_eq!(bench.last("calling.call.fax")["fax"]["params"]["pages"], 3);
    bench.seen.clear();
    bench.about("calling.send_fax", json!({"control_id": "s", "document": "https://no.such.invalid/d.pdf"}));
    bench.pass(20.0);
    assert_eq!(bench.events(), ["23.0 fax error"]);
    assert!(bench.peer.live_actions(&bench.call).is_empty());
}
