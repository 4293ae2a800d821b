//! Scripts that say at the end of each line how often it is to run; a line that says nothing holds no
//! statement.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};

use super::{Coverage, FileCoverage, Missed, Recorder, accept};
use crate::script::compiler::Compiler;
use crate::script::diagnostics::Diagnostic;
use crate::script::program::Program;
use crate::script::sources::InMemory;

fn compile(recorder: &Rc<Recorder>, files: &[(&str, &str)]) -> Program {
    let compiler = Compiler::default().recorded(Rc::clone(recorder));
    Program::compile(&compiler, &InMemory::new(files.iter().copied()), Path::new(files[0].0), 1).unwrap()
}

fn run(ast: &AST) -> Result<Dynamic, Box<EvalAltResult>> {
    let mut engine = Engine::new();
    accept(&mut engine);
    engine.register_fn("say", |_: &mut i64, _: Dynamic| ());
    #[allow(deprecated)]
    engine.on_var(|name, _, _| {
        Ok(match name {
            "call" => Some(Dynamic::from(7_i64)),
            "reason" => Some("hangup".into()),
            _ => None,
        })
    });
    engine.eval_ast_with_scope(&mut Scope::new(), ast)
}

/// The counts that a text says at the ends of its lines.
fn said(text: &str) -> BTreeMap<usize, u64> {
    let count = |line: &str| line.rsplit_once("//")?.1.trim().parse().ok();
    text.lines().enumerate().filter_map(|(index, line)| Some((index + 1, count(line)?))).collect()
}

#[track_caller]
fn counts(files: &[(&str, &str)]) -> Coverage {
    let recorder = Rc::<Recorder>::default();
    let program = compile(&recorder, files);
    for ast in [Some(program.main()), program.end()].into_iter().flatten() {
        let _ = run(ast).unwrap();
    }
    let coverage = recorder.coverage();
    for (path, text) in files {
        assert_eq!(coverage.files[*path].lines, said(text), "{path}:\n{text}");
    }
    coverage
}

#[test]
fn branches_loops_and_jumps_are_counted() {
    counts(&[(
        "a.rhai",
        r#"let n = 2; // 1
let list = [1, 2, 3]; // 1

if n == 2 { // 1
    n += 1; // 1
} else if n == 9 { // 0
    n += 2; // 0
} else {
    n += 3; // 0
}
if n == 2 { // 1
    call.say("no"); // 0
} else if n == 3 { // 1
    call.say("yes"); // 1
}
for i in list { // 1
    if i == 2 { // 3
        continue; // 1
    }
    n += i; // 2
}
while n > 5 { // 1
    n -= 1; // 2
}
loop { // 1
    n += 1; // 3
    if n == 8 { break; } // 3
    // a remark
}
do { // 1
    n -= 1; // 2
} while n > 6;
{
    let inner = n; // 1
    list[0] = inner; // 1
}
list[1] = // 1
    list[0] + 1;
n // 1
"#,
    )]);
}

#[test]
fn arms_of_switches_are_counted_one_by_one() {
    counts(&[(
        "a.rhai",
        r#"fn name(key) {
    switch key { // 4
        "1" => "sales", // 1
        "2" | "3" => { }
        "4" => {
            call.say("four"); // 0
            "four" // 0
        }
        "5" if call == 8 => "never", // 0
        "5" => return "five", // 1
        6..=7 => (), // 1
        "8" => |x| key + x, // 0
        _ =>
            call.say(key), // 1
    }
}
name("1"); // 1
name("5"); // 1
name(7); // 1
let last = switch name("9") { // 1
    () => 3, // 1
    _ => 4, // 0
};
last // 1
"#,
    )]);
}

#[test]
fn functions_closures_and_callbacks_are_counted_called_or_not() {
    let coverage = counts(&[(
        "a.rhai",
        r#"const TIMES = 3; // 1
let total = 0; // 1
let add = |n| { // 1
    total += n; // 2
    total // 2
};
let unused = |n| // 1
    total + n; // 0
add.call(1); // 1
add.call(twice(2)); // 1
[1, 2].map(|n| { // 1
    if n == 1 { // 2
        total += 1; // 1
    }
});
let map = #{ // 1
    f: |x| { x + 1 }, // 2
    g: if total > 100 { 1 } else { 2 }, // 1
};
map.f.call(1) + map.f.call(2); // 1
fn twice(n) {
    // Of one value.
    n * 2 // 1
}
fn never(n) {
    if n > 2 { // 0
        return 1; // 0
    }
    throw "no"; // 0
}
fn nothing() { }
fn int.half() { this / 2 } // 0
fn on_call(call) { call.say(global::TIMES) } // 1
fn on_end(call, reason) {
    call.say(reason); // 1
}
"#,
    )]);
    let functions = &coverage.files["a.rhai"].functions;
    let functions: Vec<_> =
        functions.iter().map(|((line, name), count)| (*line, name.as_str(), *count)).collect();
    assert_eq!(
        functions,
        [(21, "twice", 1), (25, "never", 0), (32, "half", 0), (33, "on_call", 1), (34, "on_end", 1)]
    );
}

#[test]
fn errors_end_what_runs() {
    counts(&[(
        "a.rhai",
        r#"try { // 1
    call.say("before"); // 1
    throw "x"; // 1
    call.say("after"); // 0
} catch (error) {
    call.say(error); // 1
}
try { // 1
    call.say("all is well"); // 1
} catch {
    call.say("not run"); // 0
}
fn early(n) {
    if n > 0 { return n; } // 1
    n + 1 // 0
}
let x = early(3) ?? { // 1
    call.say("never"); // 0
    1 // 0
};
return x; // 1
call.say("not here"); // 0
if false { // 0
    x = 1; // 0
}
"#,
    )]);
}

#[test]
fn imported_files_are_counted_under_their_own_names() {
    let coverage = counts(&[
        (
            "s/main.rhai",
            "import \"lib/menu\" as menu; // 1\ncall.say(menu::title(1)); // 1\ncall.say(menu::TITLE); // 1\n",
        ),
        (
            "s/lib/menu.rhai",
            r#"import "./names" as names; // 1
export const TITLE = "menu of " + names::OWNER; // 1
fn title(n) {
    inner(n) + names::OWNER // 1
}
private fn inner(n) {
    import "./names" as again; // 1
    if n > 1 { // 1
        return again::OWNER; // 0
    }
    again::hello() // 1
}
"#,
        ),
        (
            "s/lib/names.rhai",
            "export const OWNER = \"us\"; // 1\nfn hello() { \"hi\" } // 1\nfn bye() { 1 } // 0\n",
        ),
    ]);
    assert_eq!(coverage.files.len(), 3);
}

#[test]
fn values_places_and_variables_are_those_of_the_plain_program() {
    let files = [(
        "a.rhai",
        r#"const A = [10, 20];
let f = |n| if n > 3 { n } else { A[0] };
let x = { let y = 1; y + 1 };
fn sum(a, b) { let c = a; for i in 0..b { let d = i; c += d; } c }
let picked = switch x { 2 => { let z = 5; z + x } _ => 0 };
fn global_sum() { let t = 0; for v in global::A { t += v; } t }
`${f.call(1)} ${f.call(9)} ${x} ${sum(1, 4)} ${picked} ${global_sum()}`
"#,
    )];
    let plain =
        Program::compile(&Compiler::default(), &InMemory::new(files), Path::new("a.rhai"), 1).unwrap();
    let marked = compile(&Rc::default(), &files);
    let [plain, marked] = [&plain, &marked].map(|program| run(program.main()).unwrap().to_string());
    assert_eq!(plain, "10 9 2 7 7 30");
    assert_eq!(marked, plain);

    let faulty = [
        (
            "s/a.rhai",
            "import \"lib/m\" as m;\nfn go_on(n) {\n  m::deep(n);\n}\nlet f = |n| go_on(n);\nswitch 1 { 1 => f.call(1) }",
        ),
        ("s/lib/m.rhai", "fn deep(n) {\n  let list = [n];\n  list[3]\n}"),
    ];
    let files = InMemory::new(faulty);
    let plain = Program::compile(&Compiler::default(), &files, Path::new("s/a.rhai"), 1).unwrap();
    let marked = compile(&Rc::default(), &faulty);
    let [plain, marked] = [&plain, &marked].map(|program| {
        let error = run(program.main()).unwrap_err();
        Diagnostic::from_error(&error, program.file(), program.sources()).render(program.sources(), false)
    });
    assert!(plain.contains("in `go_on`, called at s/a.rhai:5:13"), "{plain}");
    assert_eq!(marked, plain);
}

fn file(lines: &[(usize, u64)]) -> FileCoverage {
    FileCoverage { text: "one\n  two\n".into(), lines: lines.iter().copied().collect(), ..Default::default() }
}

#[test]
fn missed_lines_are_told_in_rows() {
    for (lines, expected) in [
        (&[][..], &[][..]),
        (&[(1, 1), (2, 5)], &[]),
        (&[(1, 0)], &[(1, 1)]),
        (&[(1, 0), (2, 0), (5, 0), (6, 1), (7, 0)], &[(1, 5), (7, 7)]),
        (&[(1, 1), (3, 0), (9, 0)], &[(3, 9)]),
    ] {
        let missed: Vec<_> = file(lines).missed().iter().map(|m: &Missed| (m.first, m.last)).collect();
        assert_eq!(missed, expected);
    }
    let file = file(&[(1, 0), (2, 3), (3, 0), (4, 1)]);
    assert_eq!((file.lines_hit(), file.lines_found()), (2, 4));
    assert_eq!([file.line(2), file.line(9)], ["two", ""]);
}

#[test]
fn what_ran_elsewhere_is_added_line_by_line() {
    let of = |file: FileCoverage| Coverage { files: BTreeMap::from([("a.rhai".to_owned(), file)]) };
    let mut all = Coverage::default();
    all.add(of(file(&[(1, 0), (2, 1)])));
    all.add(of(file(&[(1, 2), (2, 1)])));
    assert_eq!(all, of(file(&[(1, 2), (2, 2)])));
    let changed = FileCoverage { text: "new".into(), ..file(&[(7, 0)]) };
    all.add(of(changed.clone()));
    assert_eq!(all, of(changed));
}
