//! Conferences, rooms and queues over several calls.
#![allow(clippy::unwrap_used)]

use super::InboundCall;
use super::test_bench::Bench;
use serde_json::{Value, json};

/// A client with so many answered calls.
fn calls(count: usize) -> (Bench, Vec<String>) {
    let mut bench = Bench::answered();
    let mut calls = vec![bench.call.clone()];
    for _ in 1..count {
        let (from, to) = ("+15551230001".into(), "+15551230002".into());
        let call = InboundCall { from, to, context: "default".into(), ..InboundCall::default() };
        bench.call = bench.peer.dial_in(bench.now, call);
        assert_eq!(bench.about("calling.answer", json!({}))["code"], "200");
        calls.push(bench.call.clone());
    }
    bench.seen.clear();
    bench.frames.clear();
    (bench, calls)
}

/// Asks for something about one of the calls; gives the reply and the events that it caused, as `call word`.
fn ask(
    bench: &mut Bench,
    calls: &[String],
    call: usize,
    method: &str,
    params: Value,
) -> (Value, Vec<String>) {
    bench.frames.clear();
    bench.call = calls[call].clone();
    let reply = bench.about(method, params);
    (reply, events(bench, calls))
}

fn events(bench: &Bench, calls: &[String]) -> Vec<String> {
    let word = |frame: &Value| {
        let params = &frame["params"]["params"];
        let call = calls.iter().position(|call| params["call_id"] == call.as_str())?;
        let place = params["position"].as_u64().map(|at| format!(" {at}/{}", params["size"]));
        let status = params["status"].as_str().or(params["call_state"].as_str())?;
        Some(format!("{call} {status}{}", place.unwrap_or_default()))
    };
    bench.frames.iter().filter_map(|(_, frame)| word(frame)).collect()
}

#[test]
fn calls_meet_in_a_conference_that_ends_with_the_last() {
    let (mut bench, calls) = calls(3);
    let room = |more: Value| {
        let mut params = json!({"name": "room"});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    let join = "calling.join_conference";
    let first = json!({"start_on_enter": false, "max_participants": 2, "wait_url": "https://example.com/w"});
    let (reply, events) = ask(&mut bench, &calls, 0, join, room(first));
    let id = json!({"conference_id": reply["conference_id"]});
    assert_eq!(events, ["0 participant-join"]);
    assert!(format!("{:?}", bench.seen).contains("https://example.com/w"), "it waits with music");
    let (reply, events) = ask(&mut bench, &calls, 1, join, room(json!({"muted": true})));
    assert_eq!(reply["conference_id"], id["conference_id"]);
    assert_eq!(events, ["1 participant-join", "0 conference-start", "1 conference-start"]);
    assert_eq!(ask(&mut bench, &calls, 2, join, room(json!({}))).0["code"], "409", "it is full");
    assert_eq!(ask(&mut bench, &calls, 1, join, json!({"name": "other"})).0["code"], "409", "it is in one");
    let leave = "calling.leave_conference";
    assert_eq!(ask(&mut bench, &calls, 2, leave, id.clone()).0["code"], "404");
    assert_eq!(ask(&mut bench, &calls, 1, leave, json!({"conference_id": "x"})).0["code"], "404");
    assert_eq!(ask(&mut bench, &calls, 1, leave, id.clone()).1, ["1 participant-leave"]);
    assert_eq!(ask(&mut bench, &calls, 0, leave, id.clone()).1, ["0 participant-leave", "0 conference-end"]);
    let (reply, _) = ask(&mut bench, &calls, 0, join, room(json!({})));
    assert_ne!(reply["conference_id"], id["conference_id"], "a new one of the same name");
}

#[test]
fn a_conference_ends_with_whom_it_ends_on() {
    for hangs_up in [true, false] {
        let (mut bench, calls) = calls(3);
        let join = |ends: bool| json!({"name": "room", "end_on_exit": ends});
        let (reply, _) = ask(&mut bench, &calls, 0, "calling.join_conference", join(true));
        for call in [1, 2] {
            ask(&mut bench, &calls, call, "calling.join_conference", join(false));
        }
        let events = if hangs_up {
            bench.frames.clear();
            bench.call = calls[0].clone();
            bench.hang_up();
            let told = events(&bench, &calls);
            assert_eq!(told[..2], ["0 ending", "0 ended"]);
            told[2..].to_vec()
        } else {
            let id = json!({"conference_id": reply["conference_id"]});
            let told = ask(&mut bench, &calls, 0, "calling.leave_conference", id).1;
            assert_eq!(told[..2], ["0 participant-leave", "0 conference-end"]);
            told[2..].to_vec()
        };
        assert_eq!(events, ["1 conference-end", "2 conference-end"], "{hangs_up}");
        assert_eq!(ask(&mut bench, &calls, 1, "calling.join_conference", join(false)).0["code"], "200");
    }
}

#[test]
fn a_queue_has_positions_and_a_size() {
    let (mut bench, calls) = calls(3);
    let q = |more: Value| {
        let mut params = json!({"control_id": "q", "queue_name": "support"});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    let (enter, leave) = ("calling.queue.enter", "calling.queue.leave");
    for call in 0..3 {
        let place = call + 1;
        let expected = [format!("{call} enqueue {place}/{place}")];
        assert_eq!(ask(&mut bench, &calls, call, enter, q(json!({}))).1, expected);
    }
    let id = bench.last("calling.call.queue")["id"].clone();
    assert_eq!(bench.last("calling.call.queue")["name"], "support");
    assert_eq!(ask(&mut bench, &calls, 0, enter, q(json!({}))).0["code"], "409");
    assert_eq!(ask(&mut bench, &calls, 0, leave, q(json!({"queue_id": "x"}))).0["code"], "404");
    assert_eq!(ask(&mut bench, &calls, 0, leave, q(json!({"queue_id": id}))).1, ["0 leave_queue 0/2"]);
    assert_eq!(ask(&mut bench, &calls, 0, leave, q(json!({}))).0["code"], "404");
    bench.call = calls[1].clone();
    bench.hang_up();
    assert_eq!(ask(&mut bench, &calls, 0, enter, q(json!({}))).1, ["0 enqueue 2/2"]);
}

#[test]
fn a_room_is_entered_once_and_left_once() {
    let (mut bench, calls) = calls(1);
    for (method, code) in [
        ("calling.leave_room", "404"),
        ("calling.join_room", "200"),
        ("calling.join_room", "409"),
        ("calling.leave_room", "200"),
        ("calling.leave_room", "404"),
    ] {
        assert_eq!(ask(&mut bench, &calls, 0, method, json!({"name": "room"})).0["code"], code, "{method}");
    }
}
