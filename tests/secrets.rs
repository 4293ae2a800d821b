//! No token, authorization state or card number comes out, at the highest log level.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{self, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use common::{Options, Rig, silent};
use relay_script::config::{LogFormat, LogLevel};
use relay_script::log::{LogOptions, subscriber};
use relay_script::redact::Redactor;
use relay_script::report::Report;
use relay_script::script::diagnostics::Diagnostic;
use relay_script::script::observer::{Log, Observer};
use relay_script::script::program::Program;
use relay_script::sim::{CallPlan, PlanAction};

const TOKEN: &str = "PTplantedtoken0001";
const JWT: &str = "eyJplantedjwt.0002.sig";
const STATE: &str = "planted-state-0003/x";
const CARD: &str = "4242424242424242";
const SPACED: &str = "5555 5555 5555 4444";

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Logs all, and prints all for people and as data.
struct Loud(Rc<Report>);

impl Observer for Loud {
    fn printed(&self, call_id: &str, text: &str, is_debug: bool) {
        Log.printed(call_id, text, is_debug);
        self.0.line(text).unwrap();
        self.0.json(&serde_json::json!({ "printed": text })).unwrap();
        self.0.note(text);
    }
    fn script_failed(&self, call_id: &str, fault: &Diagnostic, program: &Program) {
        Log.script_failed(call_id, fault, program);
        self.0.drawn(&fault.render(program.sources(), false));
        self.0.json(fault).unwrap();
        self.0.warn(fault);
    }
}

/// A script that shows whatever it gets hold of.
const SHOWS_ALL: &str = r##"
    call.answer();
    call.on("pay", |e| { print(e); debug(e.params); });
    let digits = call.collect(#{ digits: #{ max: 16 } }).wait().params.result.params.digits;
    print(digits);
    debug(`card ${digits}`);
    print(#{ card: digits, list: [digits] });
    try { call.stream("wss://example.com", #{ authorization_bearer_token: digits }) }
    catch (e) { print(e.kind) }
    try { call.say(digits, #{ volume: digits }) } catch (e) { print(e) }
    try { call.play("x", #{ extra: #{ play: digits } }) } catch (e) { print(e) }
    try { relay.execute("calling.no." + digits, #{ card: digits }) } catch (e) { print(e) }
    try { call.user_event(digits, #{ digits: digits }) } catch (e) { print(e) }
    call.wait_for("pay");
    let card = "5555 5555 5555 4444";
    throw `bad card ${digits} and ${card}`;
"##;

fn run(json: bool, authentication: &str, secrets: &[&str]) -> String {
    let redactor = Arc::new(Redactor::new());
    secrets.iter().for_each(|secret| redactor.add(secret));
    let (log, out, err) = (Buffer::default(), Buffer::default(), Buffer::default());
    let format = if json { LogFormat::Json } else { LogFormat::Text };
    let options =
        LogOptions { format, level: LogLevel::Trace, directives: Some("trace".into()), color: false };
    let sink = log.clone();
    let subscriber = subscriber(&options, redactor.clone(), move || sink.clone()).unwrap();
    let report = Report::new(Box::new(out.clone()), Box::new(err.clone()), false, false, redactor.clone());
    let options = Options {
        authentication: authentication.into(),
        observer: Some(Rc::new(Loud(Rc::new(report)))),
        on_secret: Some(Box::new(move |secret| redactor.add_short_lived(secret))),
        ..Options::default()
    };
    tracing::subscriber::with_default(subscriber, || misbehave(options));
    assert!(log.text().contains("event") && log.text().len() > 2_000, "the log says something");
    assert!(out.text().contains("************4242") && err.text().contains("************4242"));
    [log.text(), out.text(), err.text()].join("\n")
}

/// A call whose every corner holds something that must not be seen.
fn misbehave(options: Options) {
    let mut rig = Rig::with(&[("main.rhai", SHOWS_ALL)], options);
    rig.line.deliver(&event(
        "e1",
        "signalwire.authorization.state",
        &format!(r#"{{"authorization_state":"{STATE}"}}"#),
    ));
    rig.line.peer().fail_next("calling.user_event", "500", &format!("no {CARD} {STATE} {TOKEN} {JWT}"));
    rig.line.peer().fail_next("calling.stream", "500", "no");
    let plan = CallPlan { actions: vec![PlanAction::Press(CARD.into())], ..silent() };
    let call = rig.dial(plan);
    rig.wait(20.0);
    for frame in [
        "{4242424242424242",
        r#"{"id":"4242424242424242","error":{"code":"4242424242424242","message":"PTplantedtoken0001"}}"#,
        r#"{"id":"x","method":"PTplantedtoken0001","params":{}}"#,
    ] {
        rig.line.deliver(frame);
    }
    rig.line.deliver(&event("e2", "calling.call.4242424242424242", &format!(r#"{{"call_id":"{call}"}}"#)));
    rig.line.deliver(&event(
        "e3",
        "calling.call.pay",
        &format!(r#"{{"call_id":"{call}","cardnumber":"{CARD}","n":{CARD},"s":"{SPACED}","secret":"{STATE}{TOKEN}{JWT}"}}"#),
    ));
    rig.line.cut();
    rig.wait(30.0);
}

fn event(id: &str, event_type: &str, params: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":"{id}","method":"signalwire.event","params":{{"event_type":"{event_type}","params":{params}}}}}"#
    )
}

#[test]
fn nothing_that_was_planted_comes_out() {
    for json in [false, true] {
        for authentication in
            [format!(r#"{{"project":"p","token":"{TOKEN}"}}"#), format!(r#"{{"jwt_token":"{JWT}"}}"#)]
        {
            let seen = run(json, &authentication, &[TOKEN, JWT]);
            let slashed = STATE.replace('/', "\\/");
            for planted in [TOKEN, JWT, STATE, &slashed, CARD, SPACED, "5555555555554444"] {
                let at =
                    seen.find(planted).map(|at| &seen[at.saturating_sub(200)..(at + 60).min(seen.len())]);
                assert_eq!(at, None, "{planted} came out");
            }
        }
    }
}
