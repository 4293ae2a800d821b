//! What the language offers around verbs: handles everywhere, closures, imports, names, faults.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Rig, patient};

fn check(files: &[(&str, &str)], lines: &[&str]) {
    let mut rig = Rig::with_files(files);
    rig.dial(patient(60));
    assert!(rig.wait_for_the_end(), "{files:?}\nis not over: {:?}", rig.lines());
    assert_eq!(rig.lines(), lines, "{files:?}");
}

#[test]
fn the_call_is_there_in_functions_closures_and_modules() {
    check(
        &[
            (
                "main.rhai",
                r#"
                import "lib/greet" as greet;
                call.answer();
                greet::hello("top");
                fn inside() { greet_from(call); print(call.state); }
                fn greet_from(c) { print(c == call); }
                inside();
                let say = |text| call.play_tts(text).wait().params.state;
                print(say.call("closure"));
                [1, 2].for_each(|| call.play_silence(0.5).wait());
                spawn(|| print(call.from)).wait();
                greet::play();
                sleep(0.1);
                fn on_end(call, reason) { print(`${call.id != ""} ${reason}`); }
                call.hangup();
                "#,
            ),
            (
                "lib/greet.rhai",
                r#"
                import "lib/words" as words;
                const MARK = "!";
                fn hello(name) { call.say(words::greeting(name) + MARK()); print(call.state); }
                fn MARK() { global::MARK }
                fn play() {
                    let name = "module";
                    call.play("silence:1", #{ on_completed: |e| tell(name, e) }).wait();
                }
                fn tell(name, e) { print(`${name} closure ${call.state} ${e.params.state}`); }
                "#,
            ),
            ("lib/words.rhai", r#"fn greeting(name) { `Hello ${name} ${call.to}` }"#),
        ],
        &[
            "print answered",
            "print true",
            "print answered",
            "print finished",
            "print +15551110000",
            "print module closure answered finished",
            "print true hangup",
            "ended hangup",
        ],
    );
}

#[test]
fn captured_values_are_shared_and_captured_handles_are_free() {
    check(
        &[(
            "main.rhai",
            r#"
            call.answer();
            let events = 0;
            let log = [];
            let other = call;
            call.on("play", |e| { events += 1; log.push(e.params.state); other.state });
            let action = call.play("silence:3");
            let task = spawn(|| { sleep(1); events += 10; other.state });
            spawn(|| { action.wait(); action.stop(); log.push("stopped") });
            action.on_completed(|e| { log.push(action.control_id == e.params.control_id) });
            action.wait();
            print(task.wait());
            sleep(0.1);
            print(`${events} ${log}`);
            call.hangup();
            "#,
        )],
        &["print answered", r#"print 12 ["playing", "finished", true, "stopped"]"#, "ended hangup"],
    );
}

#[test]
fn a_call_tells_what_it_is() {
    check(
        &[(
            "main.rhai",
            r#"
            print(`${call.direction} ${call.from} ${call.to} ${call.context} ${call.state} ${call.end_reason}`);
            print(`${call.device.type} ${call.device.params.to_number} ${call.headers} ${call.tag}`);
            print(`${call.id.len} ${call.node_id != ""} ${call.segment_id != ""}`);
            print(`${script.version} ${script.file}`);
            print(`${type_of(call)} ${type_of(relay)} ${type_of(script)} ${call}`.len > 40);
            call.hangup();
            "#,
        )],
        &[
            "print inbound +15551110000 +15552220000 default ringing ",
            "print phone +15552220000 [] ",
            "print 36 true true",
            "print 1 main.rhai",
            "print true",
            "ended hangup",
        ],
    );
}

#[test]
fn the_next_call_gets_the_new_version_and_a_running_one_keeps_its_own() {
    let mut rig = Rig::new("call.answer(); sleep(5); print(`old ${script.version}`); call.hangup();");
    rig.dial(patient(60));
    rig.files.write("main.rhai", "print(`new ${script.version}`); call.hangup();");
    rig.line.shard().scripts().reload(|_, _| ());
    rig.dial(patient(60));
    rig.files.write("main.rhai", "print(`broken ");
    rig.line.shard().scripts().reload(|_, _| ());
    rig.dial(patient(60));
    assert!(rig.wait_for_the_end());
    assert_eq!(
        rig.lines(),
        ["print new 2", "ended hangup", "print new 2", "ended hangup", "print old 1", "ended hangup"]
    );
}

#[test]
fn a_fault_names_its_file_its_line_and_how_it_came_there() {
    let lib = "fn outer(x) {\n    inner(x)\n}\nfn inner(x) {\n    call.play(\"Hello\", #{ volume: x });\n}\n";
    let main = "import \"lib\" as lib;\ncall.answer();\nlib::outer(99);\n";
    let mut rig = Rig::with_files(&[("main.rhai", main), ("lib.rhai", lib)]);
    rig.dial(patient(60));
    assert!(rig.wait_for_the_end());
    let faults = rig.diary.faults.borrow();
    let fault = &faults[0];
    assert_eq!((fault.file.as_str(), fault.line), ("lib.rhai", 5), "{fault:?}");
    assert!(fault.message.contains("volume") && fault.message.contains("40"), "{}", fault.message);
    let stack: Vec<_> =
        fault.stack.iter().map(|f| (f.function.trim_matches('`'), f.file.as_str(), f.line)).collect();
    assert_eq!(stack, [("inner", "lib.rhai", 2), ("outer", "main.rhai", 3)]);
    assert_eq!(fault.kind.as_deref(), Some("argument"));
}

#[test]
fn verbs_at_the_top_level_of_a_module_are_an_error() {
    let files = [("main.rhai", "import \"lib\" as lib; call.answer();"), ("lib.rhai", "call.answer();")];
    let faults = Rig::try_with(&files, common::Options::default()).err().unwrap().join("\n");
    assert!(faults.contains("lib.rhai:1"), "{faults}");
}

#[test]
fn money_is_exact_and_numbers_become_texts_where_the_wire_wants_them() {
    let mut rig = Rig::new(
        r#"
        call.answer();
        let total = parse_decimal("0.10") + parse_decimal("0.20");
        call.pay("https://example.com/connector", #{ charge_amount: total, timeout: 5, postal_code: true });
        "#,
    );
    rig.dial(patient(5));
    rig.wait_for_the_end();
    let pay = rig.requests().into_iter().find(|frame| frame["method"] == "calling.pay").unwrap();
    let params = &pay["params"];
    assert_eq!(params["charge_amount"], "0.30");
    assert_eq!((&params["timeout"], &params["postal_code"]), (&"5".into(), &"true".into()));
}
