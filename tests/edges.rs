//! Statements at the edges of what values, verbs and handles allow.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Options, Rig, patient};
use relay_script::script::host::Limits;

/// A budget that is used up soon also in a debug build.
const BUDGET: u64 = 200_000;

const STATEMENTS: &[&str] = &[
    // Rhai's sort swallows what its comparison throws.
    "fn f(n) { [2, 1].sort(|a, b| f(a)) } f(1)",
    "1 / 0",
    "1 % 0",
    "9223372036854775807 + 1",
    "-9223372036854775807 - 2",
    "2 ** 1000",
    "1 << 1000",
    "abs(-9223372036854775807 - 1)",
    "let x = -9223372036854775807 - 1; -x",
    "let x = -9223372036854775807 - 1; x / -1",
    "let x = -9223372036854775807 - 1; x % -1",
    "parse_int(\"99999999999999999999\")",
    "1.0 / 0.0",
    "0.0 / 0.0",
    "to_int(1e300)",
    "(1e300).to_int()",
    "parse_decimal(\"79228162514264337593543950335\") * parse_decimal(\"10\")",
    "parse_decimal(\"1\") / parse_decimal(\"0\")",
    "range(0, 10, 0)",
    "\"abc\".sub_string(-100, 9223372036854775807)",
    "\"é\".sub_string(0, 1)",
    "\"abc\"[9]",
    "\"abc\"[-9]",
    "\"é\".crop(-1, -1)",
    "[1, 2].splice(-9, 99, [3])",
    "[3, 1, 2].sort(|a, b| true)",
    "let a = [3, 1, 2]; a.sort(|a, b| 1); a",
    "[1].get(-99)",
    "[1, 2, 3].extract(-9, 99)",
    "[1, 2, 3].drain(-9, 99)",
    "[1, 2].insert(-99, 1)",
    "[1, 2].chop(-5)",
    "[1, 2].truncate(-5)",
    "[1].remove(99)",
    "timestamp() + 1e300",
    "timestamp() - 1e300",
    "timestamp() + 9223372036854775807",
    "timestamp() - 9223372036854775807",
    "sleep(-1)",
    "sleep(1e308)",
    "sleep(0.0 / 0.0)",
    "sleep(\"1\")",
    "parse_json(\"[\")",
    "parse_json(\"\")",
    "let s = \"\"; s.pad(100000, '['); parse_json(s)",
    "let s = \"\"; s.pad(100000, '{'); parse_json(s)",
    "let s = \"\"; s.pad(100000, '('); parse_json(s)",
    "let s = \"[\"; s.pad(100000, '-'); parse_json(s)",
    "let s = \"\"; for i in 0..20000 { s += \"{\\\"a\\\":\"; } parse_json(s)",
    "Fn(\"\")",
    "Fn(\"no_such\").call()",
    "curry(Fn(\"x\"), 1)",
    "call.on",
    "call(1)",
    "eval(\"1\")",
    "type_of(call) + type_of(relay) + type_of(script)",
    "this",
    "let x = this.y;",
    "call.id = 7",
    "call.state.x.y",
    "print(call)",
    "print(relay)",
    "print(script)",
    "debug(call)",
    "[call] == [call]",
    "#{ a: call } == #{ a: call }",
    "call == 7",
    "call == ()",
    "let m = #{}; m[call.id] = call; m",
    "wait_all([call], 0)",
    "wait_any(7)",
    "spawn(7)",
    "call.play(())",
    "call.play([])",
    "call.play(#{})",
    "call.play([[[]]])",
    "call.say(())",
    "call.say([1])",
    "call.user_event(\"x\", #{ a: call })",
    "call.user_event(\"x\", #{ a: || 1 })",
    "call.user_event(\"x\", #{ a: 0.0 / 0.0 })",
    "call.user_event(\"x\", #{ \"\": 1, \"\\u0000\": 2, \"a.b\": 3, node_id: 4, call_id: 5, control_id: 6 })",
    "call.play(\"x\", #{ extra: #{ play: 1 } })",
    "call.play(\"x\", #{ extra: #{ call_id: 1, node_id: 2, control_id: 3 } })",
    "call.play(\"x\", #{ control_id: \"\" })",
    "call.play(\"x\", #{ control_id: 7 })",
    "relay.execute(\"calling.answer\", #{ a: call })",
    "relay.execute(\"\", #{})",
    "relay.execute((), #{})",
    "relay.execute(\"signalwire.connect\", #{})",
    "relay.execute(\"signalwire.disconnect\", #{})",
    "import \"x\" as y;",
    "to_json(call)",
    "to_json(#{ a: || 1 })",
    "let a = [1]; a.for_each(|| a.push(1))",
    "let a = [1, 2]; a.map(|x| { a.clear(); x })",
    "let a = [2, 1]; a.sort(|x, y| { a.push(1); x <=> y })",
    "let a = [1]; a[0] = a; a",
    "let f = || f.call(); f.call()",
    "let n = 1; let f = || { n += f2(n); n }; f.call() + n",
    "call.on(\"play\", |a, b, c| print(a)); call.say(\"x\")",
    "call.on(\"play\", call.hangup)",
    "wait_all([spawn(|| wait_all([call]))], 1)",
];

#[test]
fn odd_statements_are_errors_or_values_but_never_a_panic() {
    for script in STATEMENTS {
        let whole = format!("call.answer(); {script}; fn f2(n) {{ n }}");
        let Ok(mut rig) = Rig::try_with(
            &[("main.rhai", &whole)],
            Options { limits: Limits { operations: BUDGET }, ..Options::default() },
        ) else {
            continue;
        };
        rig.dial(patient(60));
        assert!(rig.wait_for_the_end(), "{script}\nis not over: {:?}", rig.lines());
        let lines = rig.lines();
        assert!(lines.last().unwrap().starts_with("ended "), "{script}: {lines:?}");
        assert!(!lines.iter().any(|line| line.contains("itself failed")), "{script} panicked: {lines:?}");
    }
}
