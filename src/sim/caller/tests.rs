//! What a virtual party does on a call: its plan, and its card on a payment that only listens.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::sim::action::{Act, Work};
use crate::sim::frames::Failure;
use crate::sim::params::Params;
use crate::sim::test_bench::{Bench, secs};
use crate::sim::{Card, Entry, InboundCall, What};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// A payment that asks for these parts, each after a prompt of a second, and takes each at `#`.
#[derive(Debug)]
struct Asking {
    parts: VecDeque<Entry>,
    prompting: bool,
    /// What was entered, a text for each part.
    entered: Arc<Mutex<Vec<String>>>,
}

impl Work for Asking {
    fn family(&self) -> &'static str {
        "calling.pay"
    }
    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.prompting = true;
        self.entered.lock().unwrap().push(String::new());
        act.timer(secs(1.0));
    }
    fn due(&mut self, act: &mut Act<'_, '_>) {
        if std::mem::take(&mut self.prompting) {
            return act.timer(secs(8.0));
        }
        self.next(act);
    }
    fn command(&mut self, _: &str, _: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        act.finish();
        Ok(())
    }
    fn press(&mut self, key: char, act: &mut Act<'_, '_>) {
        self.prompting = false;
        act.timer(secs(8.0));
        self.entered.lock().unwrap().last_mut().unwrap().push(key);
        if key == '#' {
            self.next(act);
        }
    }
    fn listens(&self) -> Listens {
        let entry = self.parts.front().copied().filter(|_| !self.prompting);
        Listens { keys: true, speech: false, entry }
    }
}

impl Asking {
    fn next(&mut self, act: &mut Act<'_, '_>) {
        self.parts.pop_front();
        if self.parts.is_empty() { act.finish() } else { self.start(act) }
    }
}

/// An answered call of a party with this plan.
fn answered(plan: CallPlan) -> Bench {
    let mut bench = Bench::ringing(InboundCall { plan, ..InboundCall::default() });
    bench.about("calling.answer", json!({}));
    bench
}

fn plan(actions: &[PlanAction]) -> CallPlan {
    CallPlan { actions: actions.to_vec(), ..CallPlan::default() }
}

/// Begins a payment that asks for these parts; gives what is entered.
fn ask(bench: &mut Bench, parts: &[Entry]) -> Arc<Mutex<Vec<String>>> {
    let entered = Arc::<Mutex<Vec<String>>>::default();
    let parts = parts.iter().copied().collect();
    let asking = Asking { parts, prompting: true, entered: Arc::clone(&entered) };
    let (now, call) = (bench.now, bench.call.clone());
    bench.peer.on_line(now, &call, |line, fx| line.start(Box::new(asking), "p", fx)).unwrap().unwrap();
    bench.pump();
    entered
}

/// What the party did, each as `seconds deed`.
fn deeds(bench: &Bench) -> Vec<String> {
    let deed = |what: &What| match what {
        What::Pressed { digits } => Some(format!("pressed {digits}")),
        What::Spoke { text } => Some(format!("said {text}")),
        What::Missed { text } => Some(format!("missed {text}")),
        What::Ended { reason, .. } => Some(format!("ended {reason}")),
        _ => None,
    };
    let seen = bench.seen.iter();
    seen.filter_map(|it| Some(format!("{:.2} {}", it.at.as_secs_f64(), deed(&it.what)?))).collect()
}

fn say(bench: &mut Bench, text: &str) {
    let control = format!("say-{}", bench.seen.len());
    let play = json!({"control_id": control, "play": [{"type": "tts", "params": {"text": text}}]});
    assert_eq!(bench.about("calling.play", play)["code"], "200");
}

fn press(keys: &str) -> PlanAction {
    PlanAction::Press(keys.into())
}

fn hear(text: &str) -> PlanAction {
    PlanAction::Hear(text.into())
}

fn wait(seconds: f64) -> PlanAction {
    PlanAction::Wait(secs(seconds))
}

fn keys(control_id: &str, max: u32) -> Value {
    json!({"control_id": control_id, "digits": {"max": max, "terminators": "#"}, "initial_timeout": 99})
}

#[test]
fn a_text_is_waited_for() {
    // What is spoken, and when; the plan; what the party does.
    type Case<'a> = (&'a [(f64, &'a str)], &'a [PlanAction], &'a [&'a str]);
    let bye = PlanAction::HangUp;
    let table: &[Case<'_>] = &[
        (&[(2.0, "The  MENU:")], &[hear("the menu"), bye.clone()], &["2.00 ended hangup"]),
        (&[(1.0, "Hello"), (2.0, "The menu")], &[hear("menu"), bye.clone()], &["2.00 ended hangup"]),
        // What was spoken while the party waited counts.
        (&[(1.0, "The menu")], &[wait(3.0), hear("menu"), bye.clone()], &["3.00 ended hangup"]),
        // A text is heard once.
        (
            &[(1.0, "menu"), (4.0, "menu")],
            &[hear("menu"), wait(1.0), hear("menu"), bye.clone()],
            &["4.00 ended hangup"],
        ),
        (&[], &[hear("menu"), bye.clone()], &["60.00 missed menu", "60.00 ended hangup"]),
        // What was spoken before the last thing that it did counts no more.
        (
            &[(1.0, "one"), (1.0, "two")],
            &[hear("one"), PlanAction::Speak("yes".into()), hear("two"), bye],
            &["61.00 said yes", "121.00 missed two", "121.00 ended hangup"],
        ),
    ];
    for (spoken, actions, expected) in table {
        let mut bench = answered(plan(actions));
        for (at, text) in *spoken {
            let pause = secs(*at) - bench.now;
            bench.pass(pause.as_secs_f64());
            say(&mut bench, text);
        }
        bench.pass(200.0);
        assert_eq!(deeds(&bench), *expected, "{actions:?}");
    }
}

#[test]
fn nothing_is_missed_while_the_caller_acts() {
    let mut bench = answered(plan(&[press("1#"), hear("sales"), PlanAction::HangUp]));
    bench.about("calling.collect", keys("k", 1));
    bench.pass(0.5);
    // The first key was enough: the script speaks before the second one.
    say(&mut bench, "You chose sales.");
    bench.pass(10.0);
    assert_eq!(deeds(&bench), ["0.50 pressed 1#", "0.65 ended hangup"]);
}

#[test]
fn only_speech_is_heard() {
    let mut bench = answered(plan(&[hear("menu"), PlanAction::HangUp]));
    let audio = json!({"type": "audio", "params": {"url": "https://example.com/menu.mp3"}});
    bench.about("calling.play", json!({"control_id": "a", "play": [audio]}));
    bench.pass(70.0);
    assert_eq!(deeds(&bench), ["60.00 missed menu", "60.00 ended hangup"]);
}

#[test]
fn keys_are_pressed_one_by_one() {
    // The last one is the digit timeout, counted from the last key.
    for (pressed, max, ends) in [("1234", 4, 0.95), ("1234#", 9, 1.1), ("1", 1, 0.5), ("12", 9, 5.65)] {
        let mut bench = answered(plan(&[press(pressed)]));
        bench.about("calling.collect", keys("k", max));
        bench.pass(20.0);
        assert_eq!(deeds(&bench), [format!("0.50 pressed {pressed}")]);
        let ended = bench.seen.iter().find(|it| {
            let What::Event { summary, .. } = &it.what else { return false };
            *summary == format!("digit {}", pressed.trim_end_matches('#'))
        });
        assert_eq!(ended.unwrap().at, secs(ends), "{pressed}");
    }
}

#[test]
fn keys_that_no_phone_has_are_not_pressed() {
    let mut bench = answered(plan(&[press("x"), press("1 a-#"), PlanAction::HangUp]));
    bench.about("calling.collect", keys("k", 9));
    bench.pass(20.0);
    assert_eq!(deeds(&bench)[0], "1.00 pressed 1A#");
    assert_eq!(bench.last("calling.call.collect")["result"]["params"]["digits"], "1A");
}

#[test]
fn each_part_of_the_card_is_entered_when_it_is_asked_for() {
    use Entry::{CardNumber, ExpirationDate, PostalCode, SecurityCode};
    let mut bench = answered(CallPlan::default());
    bench.seen.clear();
    let entered = ask(&mut bench, &[CardNumber, CardNumber, ExpirationDate, SecurityCode, PostalCode]);
    bench.pass(60.0);
    let number = "4242424242424242#";
    assert_eq!(*entered.lock().unwrap(), [number, number, "1230#", "123#", "90210#"]);
    let expected = [
        "1.50 pressed ****",
        "5.40 pressed ****",
        "9.30 pressed ****",
        "11.40 pressed ****",
        "13.35 pressed ****",
    ];
    assert_eq!(deeds(&bench), expected);
    assert!(!format!("{bench:?}", bench = bench.seen).contains("4242"));
}

#[test]
fn an_empty_part_is_not_entered() {
    let card = Card { cvv: String::new(), zip: "-".into(), ..Card::test() };
    let mut bench = answered(CallPlan { card: Some(card), ..CallPlan::default() });
    let entered = ask(&mut bench, &[Entry::SecurityCode, Entry::PostalCode, Entry::ExpirationDate]);
    bench.pass(60.0);
    assert_eq!(*entered.lock().unwrap(), ["", "", "1230#"]);
}

#[test]
fn planned_keys_wait_for_the_end_of_the_payment() {
    for begun in [false, true] {
        let mut bench = answered(plan(&[press("12"), PlanAction::Speak("done".into())]));
        if begun {
            // The first key is pressed when the payment begins; the second one is not pressed any more.
            bench.about("calling.collect", keys("k", 9));
            bench.pass(0.5);
        }
        let entered = ask(&mut bench, &[Entry::SecurityCode]);
        bench.about("calling.collect", keys("l", 9));
        bench.pass(100.0);
        assert_eq!(*entered.lock().unwrap(), ["123#"]);
        let expected: &[&str] = if begun {
            &["0.50 pressed 12", "2.00 pressed ****", "60.50 said done"]
        } else {
            &["1.50 pressed ****", "2.45 pressed 12", "62.60 said done"]
        };
        assert_eq!(deeds(&bench), expected, "{begun}");
    }
}

#[test]
fn other_steps_go_on_during_a_payment() {
    let steps = [wait(1.7), PlanAction::Wait(Duration::ZERO), PlanAction::HangUp];
    let mut bench = answered(plan(&steps));
    let entered = ask(&mut bench, &[Entry::CardNumber]);
    bench.pass(20.0);
    assert_eq!(deeds(&bench), ["1.50 pressed ****", "1.70 ended hangup"]);
    assert_eq!(*entered.lock().unwrap(), ["42"]);
    assert_eq!(bench.peer.next_due(), None);
}

#[test]
fn without_a_card_planned_keys_go_to_the_payment() {
    let plan = CallPlan { card: None, ..plan(&[press("4242424242424242#"), press("1230#")]) };
    let mut bench = answered(plan);
    let entered = ask(&mut bench, &[Entry::CardNumber, Entry::ExpirationDate]);
    bench.pass(60.0);
    assert_eq!(*entered.lock().unwrap(), ["4242424242424242#", "1230#"]);
    assert!(deeds(&bench).iter().all(|deed| deed.ends_with("pressed ****")), "{:?}", deeds(&bench));
}

#[test]
fn keys_for_a_payment_do_not_go_elsewhere_when_it_ends() {
    let mut bench = answered(CallPlan { card: None, ..plan(&[press("4242424242424242#")]) });
    bench.about("calling.collect", keys("k", 30));
    let entered = ask(&mut bench, &[Entry::CardNumber]);
    bench.pass(1.0);
    assert_eq!(bench.about("calling.pay.stop", json!({"control_id": "p"}))["code"], "200");
    bench.pass(20.0);
    assert_eq!(*entered.lock().unwrap(), ["4242"]);
    assert_eq!(deeds(&bench), ["0.50 pressed ****"]);
    assert!(!bench.events().iter().any(|event| event.contains("collect")), "{:?}", bench.events());
}

#[test]
fn a_passive_party_does_nothing() {
    let mut bench = answered(CallPlan::passive());
    let entered = ask(&mut bench, &[Entry::CardNumber]);
    bench.pass(60.0);
    assert_eq!(*entered.lock().unwrap(), [""]);
    assert_eq!(deeds(&bench), [""; 0]);
}

#[test]
fn a_stopped_payment_takes_the_finger_off_the_keys() {
    let mut bench = answered(CallPlan::default());
    bench.about("calling.collect", keys("k", 30));
    ask(&mut bench, &[Entry::CardNumber]);
    bench.pass(2.0);
    assert_eq!(bench.about("calling.pay.stop", json!({"control_id": "p"}))["code"], "200");
    bench.pass(20.0);
    assert_eq!(deeds(&bench), ["1.50 pressed ****"]);
    assert!(!bench.events().iter().any(|event| event.contains("collect")), "{:?}", bench.events());
}

#[test]
fn another_plan_brings_its_own_card() {
    let mut bench = answered(CallPlan::passive());
    let entered = ask(&mut bench, &[Entry::SecurityCode]);
    bench.pass(3.0);
    bench.peer.set_plan(bench.now, &bench.call, CallPlan::default());
    // Three keys later it is another one.
    bench.pass(0.9);
    bench.peer.set_plan(bench.now, &bench.call, CallPlan::default());
    bench.pass(0.5);
    assert_eq!(*entered.lock().unwrap(), ["1231"]);
}

#[test]
fn neither_keys_nor_card_are_shown() {
    let plan = plan(&[press("4242424242424242#"), hear("menu")]);
    let mut bench = answered(plan.clone());
    bench.about("calling.collect", keys("k", 30));
    bench.pass(1.0);
    let shown = format!("{plan:?} {:?} {:?}", bench.peer, bench.seen);
    assert!(shown.contains("Press(***)") && shown.contains("Card(***)") && shown.contains("menu"));
    assert!(shown.contains("************4242") && !shown.contains("42424"), "{shown}");
    bench.hang_up();
    assert!(!format!("{:?}", bench.peer.lines).contains("Card("), "the card is forgotten with the call");
}
