//! Programs run on an engine like the host's: functions, constants and imports in all three ways in.
#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};

use super::Program;
use crate::script::compiler::Compiler;
use crate::script::diagnostics::Diagnostic;
use crate::script::sources::InMemory;

fn compile(files: &[(&str, &str)]) -> Result<Program, Vec<Diagnostic>> {
    Program::compile(&Compiler::default(), &InMemory::new(files.iter().copied()), Path::new(files[0].0), 1)
}

/// Runs an AST; what it said is returned.
fn run(ast: &AST) -> Result<Vec<String>, Box<EvalAltResult>> {
    let said = Rc::new(RefCell::new(Vec::new()));
    let mut engine = Engine::new();
    let out = Rc::clone(&said);
    engine.register_fn("say", move |_: &mut i64, text: Dynamic| out.borrow_mut().push(text.to_string()));
    #[allow(deprecated)]
    engine.on_var(|name, _, _| {
        Ok(match name {
            "call" => Some(Dynamic::from(7_i64)),
            "reason" => Some("hangup".into()),
            "message" => Some("hello".into()),
            _ => None,
        })
    });
    engine.run_ast_with_scope(&mut Scope::new(), ast)?;
    drop(engine);
    Ok(said.take())
}

const MENU: (&str, &str) = (
    "s/lib/menu.rhai",
    r#"import "./names" as names;
    export const TITLE = "menu of " + names::OWNER;
    const SECRET = [1, 2];
    fn show(call) { call.say(title() + " " + global::SECRET[1]); later(|n| call.say(names::greet(n))) }
    fn title() { "<" + global::TITLE + ">" }
    private fn later(f) { f.call("Ann") }
    fn inner() { import "./names" as again; again::OWNER }"#,
);
const NAMES: (&str, &str) = (
    "s/lib/names.rhai",
    r#"export const OWNER = "us"; fn greet(n) { `hi ${n}` } fn other() { call.say("other"); }"#,
);

#[test]
fn constants_functions_and_imports_work_in_all_three_ways_in() {
    let script = r#"
        import "lib/menu" as menu;
        const A = [10, 20];
        let skipped = 5;
        const B = A[1] + 1;
        const BUSY = shout();
        const FROM = call;
        const FREE = quiet(B);
        const F = |x| x + 1;
        call.say("top " + skipped + B);
        fn shout() { call.say("busy"); 1 }
        fn quiet(n) { n * 2 }
        fn both(what) { call.say(`${what} ${global::B} ${global::FREE} ${global::F.call(1)} ${menu::TITLE} ${menu::inner()}`); }
        fn on_call(call) { both("on_call"); menu::show(call); }
        fn on_end(call, reason) { both(reason); menu::show(call); }
        fn on_message(message) { both(message); }
    "#;
    let program = compile(&[("s/ivr.rhai", script), MENU, NAMES]).unwrap();
    let facts = "21 42 2 menu of us us";
    let shown = ["<menu of us> 2".to_owned(), "hi Ann".to_owned()];
    let expected = |first: &[&str], who: &str| {
        let mut said: Vec<String> = first.iter().map(ToString::to_string).collect();
        said.push(format!("{who} {facts}"));
        said
    };
    assert_eq!(
        run(program.main()).unwrap(),
        [expected(&["busy", "top 521"], "on_call"), shown.to_vec()].concat()
    );
    assert_eq!(run(program.end().unwrap()).unwrap(), [expected(&[], "hangup"), shown.to_vec()].concat());
    assert_eq!(run(program.message().unwrap()).unwrap(), expected(&[], "hello"));
    assert_eq!((program.version(), program.file(), program.has_on_call()), (1, "s/ivr.rhai", true));
    let reads: Vec<_> = program.reads().iter().map(|path| path.display().to_string()).collect();
    assert_eq!(reads, ["s/ivr.rhai", "s/lib/menu.rhai", "s/lib/names.rhai"]);
}

#[test]
fn a_script_without_entries_is_its_top_level() {
    let program = compile(&[("pay.rhai", r#"call.say("hi"); call.say(spawn); let spawn = 1;"#)]);
    assert!(program.is_err(), "a variable is used above its declaration");
    let program = compile(&[("pay.rhai", r#"let go = 1; call.say("hi" + go);"#)]).unwrap();
    assert_eq!(run(program.main()).unwrap(), ["hi1"]);
    assert!(program.end().is_none() && program.message().is_none() && !program.has_on_call());
}

#[test]
fn a_program_runs_after_its_files_are_gone() {
    let files =
        InMemory::new([("s/ivr.rhai", r#"import "lib/menu.rhai" as m; m::show(call);"#), MENU, NAMES]);
    let program = Program::compile(&Compiler::default(), &files, Path::new("s/ivr.rhai"), 3).unwrap();
    for (path, _) in [MENU, NAMES, ("s/ivr.rhai", "")] {
        files.remove(path);
    }
    assert_eq!(run(program.main()).unwrap(), ["<menu of us> 2", "hi Ann"]);
}

#[test]
fn one_relative_path_in_two_folders_names_two_files() {
    let program = compile(&[
        ("a.rhai", r#"import "./x" as x; import "lib/y" as y; call.say(x::f() + y::f());"#),
        ("x.rhai", r#"fn f() { "root " }"#),
        ("lib/x.rhai", r#"fn f() { "lib" }"#),
        ("lib/y.rhai", r#"import "./x" as x; fn f() { import "../lib/x" as same; x::f() + same::f() }"#),
    ]);
    assert_eq!(run(program.unwrap().main()).unwrap(), ["root liblib"]);
}

#[test]
fn run_time_faults_name_file_line_and_calls() {
    let program = compile(&[
        ("s/a.rhai", "import \"lib/m\" as m;\nfn go_on(n) {\n  m::deep(n);\n}\nlet f = |n| go_on(n);\nf.call(1);\nfn on_call(call) {}"),
        ("s/lib/m.rhai", "fn deep(n) {\n  let list = [n];\n  list[3]\n}"),
    ])
    .unwrap();
    let error = run(program.main()).unwrap_err();
    let found = Diagnostic::from_error(&error, program.file(), program.sources());
    let shown = found.render(program.sources(), false);
    let expected = "\
error[runtime]: array index 3 out of bounds: only 1 element in array
 --> s/lib/m.rhai:3:8
  |
3 |   list[3]
  |        ^
  |
  = note: in `deep`, called at s/a.rhai:3:6
  = note: in `go_on`, called at s/a.rhai:5:13
  = note: in closure, called at s/a.rhai:6:3";
    assert_eq!(shown, expected, "\n{shown}");
}

#[test]
fn the_constants_of_a_module_have_a_budget() {
    let faults = compile(&[
        ("a.rhai", "import \"m\" as m;"),
        ("m.rhai", "export const K = spin();\nfn spin() {\n  loop {}\n}"),
    ])
    .unwrap_err();
    assert_eq!((faults[0].code, faults[0].file.as_str()), ("limit", "m.rhai"));
}
