//! Scripts in, rendered findings out, through one function over in-memory files.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::rc::Rc;

use rhai::Dynamic;

use super::*;
use crate::call::ActionKind;
use crate::script::diagnostics::closest;
use crate::script::sources::InMemory;

/// A hand-made row.
struct Row {
    verb: &'static str,
    positional: &'static [&'static str],
    options: &'static [&'static str],
    required: &'static [&'static str],
}

impl Arguments for Row {
    fn signature(&self) -> String {
        format!("{}({}, options?)", self.verb, self.positional.join(", "))
    }

    fn is_argument(&self, position: usize, keys: &[&str]) -> bool {
        self.positional.get(position) == Some(&"media") && keys.contains(&"type")
    }

    fn check_argument(&self, position: usize, value: &Dynamic) -> Result<(), Complaint> {
        let name = self.positional.get(position).copied().unwrap_or("options");
        if name != "text" || value.is_string() {
            return Ok(());
        }
        let message = format!("{}: {name} must be text", self.verb);
        Err(Complaint { code: "invalid-value", message, hint: None })
    }

    fn check_option(&self, name: &str, value: Option<&Dynamic>) -> Result<(), Complaint> {
        let known = || self.options.iter().chain(self.positional).copied();
        if !known().any(|option| option == name) {
            let message = format!("{}: unknown option `{name}`", self.verb);
            let hint = closest(name, known()).map(|meant| format!("did you mean `{meant}`?"));
            return Err(Complaint { code: "unknown-option", message, hint });
        }
        if name == "volume" && value.and_then(|v| v.as_int().ok()).is_some_and(|v| !(-40..=40).contains(&v)) {
            let message = format!("{}: volume must be −40…40 dB", self.verb);
            return Err(Complaint { code: "invalid-value", message, hint: None });
        }
        Ok(())
    }

    fn missing(&self, positional: usize, keys: &[&str]) -> Option<Complaint> {
        let given = &self.positional[..positional.min(self.positional.len())];
        let missing = self.required.iter().find(|name| !keys.contains(name) && !given.contains(name))?;
        let message = format!("{}: {missing} must be given", self.verb);
        Some(Complaint { code: "missing-option", message, hint: None })
    }
}

const PAY: Row = Row {
    verb: "pay",
    positional: &[],
    options: &["payment_connector_url", "charge_amount", "control_id", "prompts"],
    required: &["payment_connector_url"],
};
const PLAY: Row = Row { verb: "play", positional: &["media"], options: &["volume"], required: &["media"] };
const SAY: Row = Row { verb: "say", positional: &["text"], options: &["volume"], required: &["text"] };

fn vocabulary() -> Vocabulary {
    let pay = Thing::Action(ActionKind::Pay);
    let play = Thing::Action(ActionKind::Play);
    let method = |on, name, most, gives| Method { on, name, arguments: 0..=most, gives, checks: None };
    let row = |name, arguments, gives, row: Row| Method {
        on: Thing::Call,
        name,
        arguments,
        gives,
        checks: Some(Rc::new(row)),
    };
    Vocabulary {
        methods: vec![
            row("pay", 1..=1, Some(pay), PAY),
            row("play", 1..=2, Some(play), PLAY),
            row("say", 1..=2, None, SAY),
            method(Thing::Call, "answer", 1, None),
            method(Thing::Call, "hangup", 1, None),
            method(Thing::Call, "on", 2, None),
            method(Thing::Relay, "dial", 2, Some(Thing::Call)),
            method(pay, "wait", 1, None),
            method(pay, "stop", 0, None),
            method(play, "wait", 1, None),
            method(play, "pause", 1, None),
        ],
        properties: vec![
            (Thing::Call, "from"),
            (Thing::Call, "to"),
            (Thing::Script, "version"),
            (pay, "is_done"),
            (play, "is_done"),
        ],
        functions: vec![
            Function { name: "sleep", arguments: 1..=1 },
            Function { name: "spawn", arguments: 1..=1 },
        ],
    }
}

/// The findings of the first file and all that it imports, rendered.
fn check_files(files: &[(&str, &str)]) -> String {
    let report = check(
        &Compiler::default(),
        &InMemory::new(files.iter().copied()),
        Path::new(files[0].0),
        &vocabulary(),
    );
    let rendered: Vec<_> =
        report.diagnostics.iter().map(|found| found.render(&report.files, false)).collect();
    rendered.join("\n\n")
}

/// The findings of one file, each as `code line:column message (hint)`.
fn brief(text: &str) -> Vec<String> {
    brief_files(&[("a.rhai", text)])
}

fn brief_files(files: &[(&str, &str)]) -> Vec<String> {
    let report = check(
        &Compiler::default(),
        &InMemory::new(files.iter().copied()),
        Path::new(files[0].0),
        &vocabulary(),
    );
    let one = |found: &Diagnostic| {
        let hint = found.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{} {}:{} {}{hint}", found.code, found.line, found.column, found.message)
    };
    report.diagnostics.iter().map(one).collect()
}

#[test]
fn main_faults_are_shown_with_line_caret_and_hint() {
    let cases: &[(&str, &str)] = &[
        (
            "call.anser();",
            "\
error[unknown-verb]: `call` has no verb `anser`
 --> a.rhai:1:6
  |
1 | call.anser();
  |      ^^^^^
  |
  = hint: did you mean `answer`?",
        ),
        (
            "call.answer();\ncall.pay(#{ payment_connector_url: \"https://x\", charge_amout: \"1\" });",
            "\
error[unknown-option]: pay: unknown option `charge_amout`
 --> a.rhai:2:49
  |
2 | call.pay(#{ payment_connector_url: \"https://x\", charge_amout: \"1\" });
  |                                                 ^^^^^^^^^^^^
  |
  = hint: did you mean `charge_amount`?",
        ),
        (
            "let p = #{for: 1};",
            "\
error[reserved-word]: `for` is a reserved word and cannot be a bare key
 --> a.rhai:1:11
  |
1 | let p = #{for: 1};
  |           ^^^
  |
  = hint: write the key in quotes: \"for\"",
        ),
        (
            "call.answer()\n\n// then\ncall.hangup();",
            "\
error[syntax]: expected `;` to terminate this statement
 --> a.rhai:1:13
  |
1 | call.answer()
  |             ^
  |
  = hint: put a `;` between statements",
        ),
        (
            "let amount = 5;\ncall.say(`${amuont}`);",
            "\
error[unknown-variable]: unknown variable `amuont`
 --> a.rhai:2:13
  |
2 | call.say(`${amuont}`);
  |             ^^^^^^
  |
  = hint: did you mean `amount`?",
        ),
        (
            "import \"lib/menu\" as menu;\nmenu::run();",
            "\
error[import-not-found]: cannot find the imported file lib/menu.rhai
 --> a.rhai:1:8
  |
1 | import \"lib/menu\" as menu;
  |        ^^^^^^^^^^
  |
  = hint: paths start at the script's folder, or with ./ at this file's folder",
        ),
    ];
    for (text, expected) in cases {
        let shown = check_files(&[("a.rhai", text)]);
        assert_eq!(&shown, expected, "\n{shown}");
    }
}

#[test]
fn an_import_cycle_is_shown_whole() {
    let shown = check_files(&[
        ("s/a.rhai", "import \"lib/b\" as b;"),
        ("s/lib/b.rhai", "fn f() {\n  import \"../a\" as a;\n}"),
    ]);
    let expected = "\
error[import-cycle]: import cycle: a.rhai → lib/b.rhai → a.rhai
 --> s/lib/b.rhai:2:10
  |
2 |   import \"../a\" as a;
  |          ^^^^^^
  |
  = hint: move what both files need into a third one";
    assert_eq!(shown, expected, "\n{shown}");
}

#[test]
fn what_modules_must_not_do_is_an_error_in_their_file() {
    let found = brief_files(&[
        ("a.rhai", "import \"m\" as m;"),
        (
            "m.rhai",
            "call.answer();\nlet x = 1;\nexport const F = call.from;\nx = 2;\nif true { f() }\nfn f() { call.answer(); }",
        ),
    ]);
    assert_eq!(
        found,
        [
            "module-statement 1:1 a module's top level holds only imports, constants and functions \
             (put it into a function and call that from the script)",
            "module-statement 2:1 a module's top level cannot declare variables \
             (declare it with const, or inside a function)",
            "module-statement 3:18 a module's constants cannot use `call` (put it into a function)",
            "module-statement 4:1 a module's top level holds only imports, constants and functions \
             (put it into a function and call that from the script)",
            "module-statement 5:1 a module's top level holds only imports, constants and functions \
             (put it into a function and call that from the script)",
        ]
    );
}

#[test]
fn faults_are_found_wherever_they_stand() {
    for (text, expected) in [
        ("let a = call.pay(x); ", &["unknown-variable 1:18 unknown variable `x`"] as &[_]),
        (
            "let a = call.play(\"x\"); a.wiat();",
            &["unknown-method 1:27 an action of `play` has no method `wiat` (did you mean `wait`?)"],
        ),
        (
            "call.play(\"x\").stop();",
            &[
                "unknown-method 1:16 an action of `play` has no method `stop` (`stop` is a method of an action of `pay`)",
            ],
        ),
        (
            "fn f() { call.anser(); } f();",
            &["unknown-verb 1:15 `call` has no verb `anser` (did you mean `answer`?)"],
        ),
        (
            "call.on(\"x\", |e| call.anser());",
            &["unknown-verb 1:23 `call` has no verb `anser` (did you mean `answer`?)"],
        ),
        (
            "let a = call.play(\"x\"); call.on(\"x\", |e| { if e { a.wiat(1) } });",
            &["unknown-method 1:53 an action of `play` has no method `wiat` (did you mean `wait`?)"],
        ),
        (
            "switch call.from { \"1\" => call.anser(), _ => () }",
            &["unknown-verb 1:32 `call` has no verb `anser` (did you mean `answer`?)"],
        ),
        (
            "let b = relay.dial(1); b.anser(); relay.dail(2);",
            &[
                "unknown-verb 1:26 `call` has no verb `anser` (did you mean `answer`?)",
                "unknown-verb 1:41 `relay` has no verb `dail` (did you mean `dial`?)",
            ],
        ),
        (
            "if call.form == 1 {}",
            &["unknown-property 1:9 `call` has no property `form` (did you mean `from`?)"],
        ),
        (
            "let x = call.answer;",
            &["unknown-property 1:14 `call` has no property `answer` (`answer` is a verb: write answer(…))"],
        ),
        (
            "call.from();",
            &["unknown-verb 1:6 `call` has no verb `from` (`from` is a property: leave out the parentheses)"],
        ),
        (
            "call.say();",
            &[
                "wrong-arguments 1:6 `say` takes 1 to 2 arguments, got 0 (it is called as say(text, options?))",
            ],
        ),
        (
            "call.say(5, #{ volume: 50, voluem: x() });",
            &[
                "invalid-value 1:10 say: text must be text",
                "invalid-value 1:16 say: volume must be −40…40 dB",
                "unknown-option 1:28 say: unknown option `voluem` (did you mean `volume`?)",
                "unknown-function 1:36 unknown function `x`",
            ],
        ),
        (
            "call.pay(#{ charge_amount: \"1\" });",
            &["missing-option 1:6 pay: payment_connector_url must be given"],
        ),
        (
            "answer(); slep(1); sleep();",
            &[
                "unknown-function 1:1 unknown function `answer` (it is a verb: write call.answer(…))",
                "unknown-function 1:11 unknown function `slep` (did you mean `sleep`?)",
                "wrong-arguments 1:20 `sleep` takes 1 argument, got 0",
            ],
        ),
        (
            "fn greet(n) { n } greet(1, 2); gret(1); greet(1);",
            &[
                "wrong-arguments 1:19 `greet` takes 1 argument, got 2",
                "unknown-function 1:32 unknown function `gret` (did you mean `greet`?)",
            ],
        ),
        (
            "let x = []; x.psh(1); x.push(2, 3);",
            &["unknown-method 1:15 nothing has a method `psh` (did you mean `push`?)"],
        ),
        (
            "let call = 1; for relay in [1] {}",
            &[
                "reserved-name 1:5 `call` always is the host's; a variable cannot have this name (choose another name)",
                "reserved-name 1:19 `relay` always is the host's; a variable cannot have this name (choose another name)",
            ],
        ),
        (
            "const K = 1; fn f() { global::K + global::L } f();",
            &["unknown-variable 1:43 this file has no constant `L` at its top level"],
        ),
        (
            "fn on_end(call) {}\nfn on_call() {}\nfn on_message(a) {}",
            &[
                "entry-arity 1:4 on_end is called with 2 arguments (call, reason), but takes 1 (write fn on_end(call, reason))",
                "entry-arity 2:4 on_call is called with 1 argument (call), but takes 0 (write fn on_call(call))",
            ],
        ),
        (
            "let a = aa; let b = bb;\nlet c = cc; a b;",
            &[
                "unknown-variable 1:9 unknown variable `aa`",
                "unknown-variable 1:21 unknown variable `bb`",
                "unknown-variable 2:9 unknown variable `cc`",
            ],
        ),
        (
            "import \"/etc/x\" as x; import \"../y\" as y; import \"a\" + \"b\" as z;",
            &[
                "import-path 1:8 the import path \"/etc/x\" is absolute (paths start at the script's folder: \"lib/menu\")",
                "import-path 1:30 the import path \"../y\" leaves the script's folder (move the file into the script's folder)",
                "import-path 1:54 an import path must be a plain string",
            ],
        ),
        (
            "fn f() { total + late } let total = 1; let g = late; fn late() {} let h = |x| x; h(1);",
            &[
                "unknown-variable 1:10 unknown variable `total` (declare it above; functions see only their parameters and global:: constants)",
                "unknown-variable 1:18 unknown variable `late` (declare it above; functions see only their parameters and global:: constants)",
                "unknown-function 1:82 unknown function `h` (a function in a variable is called as h.call(…))",
            ],
        ),
        (
            "eval(\"1\");",
            &["reserved-word 1:1 `eval` is a reserved word (eval is switched off; call a function instead)"],
        ),
    ] {
        let found = brief(text);
        assert_eq!(found, expected, "{text}\n{found:#?}");
    }
}

#[test]
fn faults_in_calls_of_modules_are_found() {
    let module = "export const K = 1; const L = 2; fn run(a) { a } private fn hidden() {} fn call_it() { call.anser(); }";
    let found = brief_files(&[
        (
            "a.rhai",
            "import \"m\" as m;\nm::run();\nm::rn(1);\nm::hidden();\nlet a = m::K + m::L + m::J;\nm::run(m::K);",
        ),
        ("m.rhai", module),
    ]);
    assert_eq!(
        found,
        [
            "wrong-arguments 2:4 `m::run` takes 1 argument, got 0",
            "unknown-function 3:4 m.rhai has no function `rn` (did you mean `run`?)",
            "unknown-function 4:4 the function `hidden` of m.rhai is private (declare it without private)",
            "unknown-variable 5:19 m.rhai exports no `L` (declare it there with export const L)",
            "unknown-variable 5:26 m.rhai exports no `J`",
            "unknown-verb 1:93 `call` has no verb `anser` (did you mean `answer`?)",
        ],
        "{found:#?}"
    );
}

#[test]
fn valid_scripts_have_no_findings() {
    for text in [
        "call.answer(); let e = call.pay(#{ payment_connector_url: `https://${call.from}` }).wait(3);\n\
         if e.params.state == \"finished\" { call.say(\"ok\"); } else if e?.x ?? false { call.hangup(); }",
        "call.play([#{ type: \"tts\", text: \"x\" }], #{ volume: -3 }); call.play(#{ type: \"tts\" }); hangup(call);",
        "let a = call.play(\"x\"); a = call.pay(options()); a.stop(); a.pause(); fn options() { #{} }",
        "let a = call.play(\"x\"); let f = || { a = 5; }; f.call(); a.stop();",
        "let a = call.play(\"x\"); for a in [1] { a.stop(); } try { } catch (a) { a.stop(); }",
        "fn f(a) { a.pause(); a.stop() } let a = call.pay(#{payment_connector_url: 1}); a.stop(); f(a);",
        "let o = #{ greet: |n| n, inner: #{} }; o.greet(1); o.inner.later = |x| x; o.inner.later(2);",
        "let o = #{}; o[\"dyn\"] = || 1; o.dyn();",
        "fn shout(n) { this.to_upper() + n } let s = \"a\"; s.shout(1); call.shout(2); type_of(call); call.type_of();",
        "let x = [1, 2].map(|v| v * 2).filter(|v| v > 1).len(); print(x); debug(x); let y = x.to_string(); sleep(1.5);",
        "fn twice(n) { n } let f = Fn(\"twice\"); f.call(1); call(f, 1); let g = twice;",
        "let t = spawn(|| { sleep(1); }); loop { break; } let s = script.version; do { } while false;",
        "fn on_call(call) { call.answer(); } fn on_end(call, reason) { print(reason); } fn on_message(message) { message.body }",
        "let message = \"x\"; let reason = 1; let match = #{ default: 1, \"for\": 2 }; match.default += match[\"for\"];",
        "const K = #{ a: 1 }; fn f() { global::K.a } f(); let r = 1..5; for (x, i) in r { print(x + i); }",
        "if is_def_fn(\"f\", 1) && is_def_var(\"x\") { } let s = `${call.from} and ${relay.dial(1).from}`; s.len;",
        "let t = timestamp(); t.elapsed; let b = blob(3); parse_json(\"{}\"); let d = parse_decimal(\"1.5\"); d + 1;",
        "switch call.from { \"1\" if true => { call.hangup(); } 2..5 => (), _ => throw \"x\" }",
        "",
    ] {
        assert_eq!(brief(text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn a_broken_module_does_not_hide_faults_of_the_script() {
    let found = brief_files(&[
        ("a.rhai", "import \"m\" as m;\nm::anything(1);\ncall.anser();"),
        ("m.rhai", "fn f( {"),
    ]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("unknown-verb 3:6") && found[1].starts_with("syntax 1:7"), "{found:#?}");
}
