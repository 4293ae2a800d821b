//! What calls look like as cases, and that each of these cases passes.
#![allow(clippy::unwrap_used)]

use std::rc::Rc;
use std::time::Duration;

use super::{Saved, save};
use crate::runtime::Scripts;
use crate::script::check::Vocabulary;
use crate::script::compiler::Compiler;
use crate::script::engine::compile_engine;
use crate::script::host::Limits;
use crate::script::library::Library;
use crate::script::sources::InMemory;
use crate::sim::{CallPlan, Card, CardParts, InboundCall, PayOutcome, PlanAction};
use crate::testing::{Simulation, Stage};

const PAY: &str = include_str!("../../../scripts/pay.rhai");
const IVR: &str = include_str!("../../../scripts/ivr.rhai");
const VOICEMAIL: &str = include_str!("../../../scripts/voicemail.rhai");

/// A caller with a plan: `1` presses, `say …`, `hear …`, `wait …`, `hang up`.
fn plan(steps: &str) -> CallPlan {
    let steps = steps.split(',').map(str::trim).filter(|step| !step.is_empty());
    let actions = steps.map(|step| match step.split_once(' ') {
        Some(("say", text)) => PlanAction::Speak(text.into()),
        Some(("hear", text)) => PlanAction::Hear(text.into()),
        Some(("wait", seconds)) => PlanAction::Wait(Duration::from_secs_f64(seconds.parse().unwrap())),
        Some(("hang", _)) => PlanAction::HangUp,
        _ => PlanAction::Press(step.into()),
    });
    CallPlan { actions: actions.collect(), ..CallPlan::default() }
}

fn card(number: &str) -> Option<Card> {
    Some(Card::of(CardParts { number: Some(number), ..CardParts::default() }).unwrap())
}

/// A call to a script, as a case.
fn saved(script: &str, plan: CallPlan, pay: PayOutcome) -> Saved {
    let files = InMemory::new([("calls/it.rhai", script)]);
    let (compiler, vocabulary) = (Compiler::new(compile_engine(None)), Vocabulary::of_calls());
    let mut library = Library::new(Rc::new(compiler), Rc::new(vocabulary), Rc::new(files), "calls/it.rhai");
    library.load().unwrap();
    let stage = Stage {
        scripts: Scripts::one(library),
        contexts: vec!["default".into()],
        limits: Limits::default(),
        max_calls: 1,
        seed: 1,
    };
    let mut simulation = Simulation::new(stage);
    simulation.line.peer().set_pay_outcome(pay);
    let call = InboundCall {
        from: "+15551110000".into(),
        to: "+15552220000".into(),
        context: "default".into(),
        plan,
        ..InboundCall::default()
    };
    let call_id = simulation.dial(call);
    simulation.line.run_until(Duration::from_secs(600), |line| line.shard().live() == 0);
    save(&simulation.journal.take(), &call_id).unwrap()
}

/// The body of the case; it passes.
#[track_caller]
fn body(script: &str, plan: CallPlan, pay: PayOutcome) -> String {
    let saved = saved(script, plan, pay);
    let lines = saved.lines.join("\n");
    assert_eq!(saved.trouble, None, "{}\n{lines}", saved.name);
    format!("{}\n{lines}", saved.name)
}

/// The same with `#` in the place of line breaks of what is expected.
#[track_caller]
fn writes(script: &str, plan: CallPlan, pay: PayOutcome, expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(body(script, plan, pay), expected.join("\n"));
}

/// A caller without a card at hand.
fn without_card(steps: &str) -> CallPlan {
    CallPlan { card: None, ..plan(steps) }
}

#[test]
fn a_menu_is_heard_and_its_keys_are_pressed() {
    writes(
        IVR,
        plan("7,1,wait 9,hang up"),
        PayOutcome::ByCard,
        r#"test_presses_7_and_presses_1_and_is_connected
        let caller = dial();
        caller.hears("Welcome to Example Trading");
        caller.hears("Press 1 for sales");
        caller.press("7");
        caller.hears("Sorry, there is nothing on 7");
        caller.hears("Press 1 for sales");
        caller.press("1");
        caller.hears("One moment, I connect you with sales");
        caller.transferred_to("+15553330001");
        caller.hangs_up();
        assert_eq(call.end_reason, "hangup");"#,
    );
    let idle = body(IVR, plan(""), PayOutcome::ByCard);
    assert_eq!(idle.matches("Press 1 for sales").count(), 3);
    assert!(idle.contains("is_hung_up_on();"), "{idle}");
}

#[test]
fn messages_are_left_and_calls_hung_up_in_their_middle() {
    let rest = r#"caller.hears("Thank you. We will call you back");
        caller.is_hung_up_on();
        assert_eq(call.end_reason, "hangup");"#;
    for (steps, expected) in [
        ("", r#"test_leaves_a_message|caller.records("Please call me back when you can.");"#),
        ("hear beep,say Call me", r#"test_leaves_a_message|caller.records("Call me");"#),
        (
            "hear beep,say Call me,#",
            "test_says_call_me_and_presses_pound|caller.says(\"Call me\");\ncaller.press(\"#\");",
        ),
    ] {
        let (name, lines) = expected.split_once('|').unwrap();
        let hears = "caller.hears(\"Nobody can take your call right now\");";
        let all = format!("{name}\nlet caller = dial();\n{hears}\n{lines}\n{rest}");
        writes(VOICEMAIL, plan(steps), PayOutcome::ByCard, &all);
    }
    let left = body(VOICEMAIL, plan("wait 9,hang up"), PayOutcome::ByCard);
    assert!(left.ends_with("caller.waits(9);\ncaller.hangs_up();\nassert_eq(call.end_reason, \"hangup\");"));
    let both = VOICEMAIL.replace("direction: \"speak\"", "direction: \"both\", initial_timeout: 0");
    body(&both.replace("initial_timeout: 5,", ""), plan(""), PayOutcome::ByCard);
}

#[test]
fn payments_are_made_with_test_cards() {
    let by = |number: &str| CallPlan { card: card(number), ..CallPlan::default() };
    for (plan, pay, lines) in [
        (by("4111111111111111"), PayOutcome::ByCard, r#"assert_eq(caller.pays(cards.visa), "success");"#),
        (
            by("5105105105105100"),
            PayOutcome::ByCard,
            r#"assert_eq(caller.pays(cards.mastercard), "success");"#,
        ),
        (by("4000000000000002"), PayOutcome::Approve, r#"assert_eq(caller.pays(cards.visa), "success");"#),
        (
            by("4000000000009995"),
            PayOutcome::ByCard,
            r#"assert_eq(caller.pays(cards.insufficient_funds), "payment-connector-error");"#,
        ),
        (
            by("5105105105105100"),
            PayOutcome::Decline,
            "connector.declines();\nassert_eq(caller.pays(cards.mastercard), \"payment-connector-error\");",
        ),
        (
            by("4111111111111111"),
            PayOutcome::DeclineWith { code: "expired_card", message: "the card has expired" },
            "connector.declines(\"expired_card\");\nassert_eq(caller.pays(cards.visa), \"payment-connector-error\");",
        ),
        (
            by("4111111111111111"),
            PayOutcome::Timeout,
            "connector.times_out();\nassert_eq(caller.pays(cards.visa), \"payment-connector-error\");",
        ),
        (
            by("4111111111111111"),
            PayOutcome::Error,
            "connector.fails();\nassert_eq(caller.pays(cards.visa), \"payment-connector-error\");",
        ),
        (
            by("4111111111111112"),
            PayOutcome::ByCard,
            "card.number = \"4242424242424241\";\nassert_eq(caller.pays(card), \"too-many-failed-attempts\");",
        ),
        (
            by("6011000990139424"),
            PayOutcome::ByCard,
            "let card = cards.discover;\nassert_eq(caller.pays(card), \"too-many-failed-attempts\");",
        ),
        (
            without_card("hear credit,4111111111111111#,1219#"),
            PayOutcome::ByCard,
            "card.expiry = \"0120\";\nassert_eq(caller.pays(card), \"too-many-failed-attempts\");",
        ),
        (
            without_card("hear credit,*"),
            PayOutcome::ByCard,
            "caller.hears(\"Please enter your credit card number\");\ncaller.press(\"*\");",
        ),
        (
            without_card("hear credit,4111111111111111#,1229#,*"),
            PayOutcome::ByCard,
            "caller.press(cards.visa.number + \"#\");\ncaller.press(cards.visa.expiry + \"#\");\ncaller.press(\"*\");",
        ),
        (
            without_card("hear credit,4111111111111111#,wait 1,hang up"),
            PayOutcome::ByCard,
            "caller.press(cards.visa.number + \"#\");\ncaller.hangs_up();",
        ),
        (
            without_card("hear credit,hang up"),
            PayOutcome::ByCard,
            "credit card number\");\ncaller.hangs_up();",
        ),
        (
            without_card("hear credit,wait 99"),
            PayOutcome::ByCard,
            "card number\");\ncaller.hears(\"Payment failed.",
        ),
        (
            without_card("hear credit,#"),
            PayOutcome::ByCard,
            "caller.press(\"#\");\ncaller.hears(\"Payment failed.",
        ),
        (
            without_card("hear credit,4111111111111111#,wait 99"),
            PayOutcome::ByCard,
            "caller.press(cards.visa.number",
        ),
    ] {
        let body = body(PAY, plan, pay);
        assert!(body.contains(lines), "{lines}\n\n{body}");
        assert!(
            !["4111", "1111", "5100", "9424", "1229", "1219"].iter().any(|part| body.contains(part)),
            "{body}"
        );
    }
}

#[test]
fn a_second_payment_and_a_second_recording_are_told_from_the_first() {
    let script = r#"call.answer();
        for attempt in 0..3 {
            let event = call.pay(#{ payment_connector_url: "https://example.com/pay", charge_amount: "1.00" }).wait();
            if event.params.state == "finished" { break; }
            call.say("Once more then.");
        }
        call.say("Now say your name."); call.record(#{ initial_timeout: 2 }).wait();
        call.say("Now say where you live."); call.record(#{ initial_timeout: 2 }).wait();
        call.hangup();"#;
    let steps = "hear credit,*,hear once more,4111111111111111#,1229#,123#,90210#,hear where,say In Rome";
    let body = body(script, CallPlan { silent: true, ..without_card(steps) }, PayOutcome::ByCard);
    assert!(body.contains("caller.press(cards.visa.zip + \"#\");"), "{body}");
    assert!(body.contains("caller.says(\"In Rome\");"), "{body}");
}

#[test]
fn speech_and_keys_wait_for_what_took_them() {
    let script = r#"call.answer();
        call.record(#{ initial_timeout: 0, end_silence_timeout: 0, direction: "both" });
        call.say("Tell me what you want.");
        let first = call.collect(#{ speech: #{ end_silence_timeout: 1 }, initial_timeout: 4 }).wait();
        call.collect(#{ digits: #{ max: 4 }, initial_timeout: 4 }).wait();
        let last = call.collect(#{ digits: #{ max: 4, digit_timeout: 2 }, initial_timeout: 4 }).wait();
        call.say(`You want ${first.params.result.params.text}, ${last.params.result.params.digits} of them.`);
        call.hangup("busy");"#;
    let body = body(script, plan("wait 2,say red shoes,wait 9,12"), PayOutcome::ByCard);
    assert!(body.contains("caller.says(\"red shoes\");"), "{body}");
    assert!(body.contains("caller.hears(\"You want red shoes, 12 of them\");"), "{body}");
    assert!(body.contains("assert_eq(call.end_reason, \"busy\");"), "{body}");
}

#[test]
fn a_card_that_is_collected_by_hand_is_a_test_card() {
    let script = r##"call.answer();
        fn ask(text, max) {
            call.prompt_tts(text, #{ digits: #{ max: max, terminators: "#", digit_timeout: 3 } })
                .wait().params.result.params.digits
        }
        let number = ask("Your card number please.", 19);
        let date = ask("And its date.", 4);
        let code = ask("And its code.", 4);
        call.say(`${number.len()} digits, ending in ${number.sub_string(12)}, until ${date}.`);
        call.say("Thank you for the card.");
        call.hangup();"##;
    let parts = ["4111", "1111", "1229", "987", "ending in 1"];
    let body = body(script, without_card("4111111111111111#,1229,987#"), PayOutcome::ByCard);
    assert!(!parts.iter().any(|part| body.contains(part)), "{body}");
    for line in
        ["press(cards.visa.number + \"#\")", "press(cards.visa.expiry)", "press(cards.visa.cvv + \"#\")"]
    {
        assert!(body.contains(line), "{line}\n{body}");
    }
    let by_fours = script.replace(
        "ask(\"Your card number please.\", 19)",
        "ask(\"First four.\", 4) + ask(\"Next four.\", 4) + ask(\"Next.\", 4) + ask(\"Last.\", 4)",
    );
    let body = self::body(&by_fours, without_card("4111,1111,1111,1111,1229,987#"), PayOutcome::ByCard);
    assert!(!parts.iter().any(|part| body.contains(part)), "{body}");
    assert!(body.contains("press(cards.visa.number.sub_string(12, 4))"), "{body}");
    let one_by_one = without_card(&format!(
        "{},#,1229,987#",
        "4111111111111111".chars().map(String::from).collect::<Vec<_>>().join(",")
    ));
    let body = self::body(script, one_by_one, PayOutcome::ByCard);
    assert!(!parts.iter().any(|part| body.contains(part)), "{body}");
    let spoken = script
        .replace("digits: #{ max: max, terminators: \"#\", digit_timeout: 3 }", "speech: #{}")
        .replace(".digits", ".text");
    let words = "say four one one one one one one one one one one one one one one one,say one two two nine,say nine eight seven";
    let body = self::body(&spoken, without_card(words), PayOutcome::ByCard);
    assert!(!["four one", "nine eight", "one two"].iter().any(|part| body.contains(part)), "{body}");
    assert!(body.contains("caller.says(cards.visa.number);"), "{body}");
}

#[test]
fn who_types_on_when_a_payment_fails_leaves_no_digit() {
    let script = r##"call.answer();
        call.pay(#{ payment_connector_url: "https://example.com/pay", charge_amount: "1.00" }).wait();
        let result = call.prompt_tts("Once more?", #{ digits: #{ max: 9, digit_timeout: 2 } }).wait().params.result;
        call.say("Well then."); call.hangup();"##;
    let body = body(script, without_card("hear credit,*,98765432"), PayOutcome::ByCard);
    assert!(body.contains("caller.press(cards.visa.zip);") && !body.contains("98765"), "{body}");
}

#[test]
fn faults_and_other_ends_are_expected() {
    let fails = "call.answer(); call.say(\"Wait.\"); sleep(3); throw \"no stock of item 12\";";
    let body = body(fails, plan(""), PayOutcome::ByCard);
    assert!(body.starts_with("test_fails\n"), "{body}");
    assert!(body.contains("caller.expects_fault(\"no stock of item\");"), "{body}");
    assert!(body.ends_with("assert_eq(call.end_reason, \"error\");"), "{body}");
    let never = "sleep(1000);";
    let body = self::body(never, plan(""), PayOutcome::ByCard);
    assert!(body.ends_with("caller.waits(120);\nassert_eq(call.end_reason, \"noAnswer\");"), "{body}");
    let slow = "call.answer(); sleep(100); call.say(\"Good morning.\"); sleep(100); call.hangup();";
    let body = self::body(slow, plan(""), PayOutcome::ByCard);
    assert!(body.contains("caller.hears(\"Good morning\", 116);"), "{body}");
    assert!(body.contains("caller.is_hung_up_on(116);"), "{body}");
}

#[test]
fn what_differs_from_run_to_run_is_not_listened_for() {
    let script =
        "call.answer(); call.say(`Your reference is ${call.id}.`); call.say(call.id); call.hangup();";
    let body = body(script, plan(""), PayOutcome::ByCard);
    assert!(body.contains("caller.hears(\"Your reference is\");\ncaller.is_hung_up_on();"), "{body}");
}
