//! A shard whose server is the benchmark: frames go in as text and come out as text.
//!
//! It measures nothing.

use std::path::Path;
use std::rc::Rc;

use relay_script::relay::session::Login;
use relay_script::runtime::{Scripts, Setup, Shard};
use relay_script::script::check::Vocabulary;
use relay_script::script::compiler::Compiler;
use relay_script::script::engine;
use relay_script::script::host::Limits;
use relay_script::script::library::Library;
use relay_script::script::observer::Log;
use relay_script::script::sources::InMemory;
use serde_json::{Value, json};

/// See the module.
pub struct Line {
    shard: Shard,
    frames: Vec<String>,
    serial: u64,
}

/// A shard with one script that is not connected yet.
pub fn shard(script: &str) -> Shard {
    let files = Rc::new(InMemory::new([("script.rhai", script)]));
    let compiler = Rc::new(Compiler::new(engine::compile_engine(None)));
    let mut library =
        Library::new(compiler, Rc::new(Vocabulary::of_calls()), files, Path::new("script.rhai"));
    library.load().expect("the script is right");
    let setup = Setup {
        login: Login {
            authentication: r#"{"project":"p","token":"t"}"#.into(),
            contexts: vec!["default".into()],
        },
        limits: Limits::default(),
        max_calls: usize::MAX,
        seed: 1,
        observer: Rc::new(Log),
        extension: None,
        on_secret: None,
    };
    Shard::new(setup, Scripts::one(library))
}

impl Line {
    /// Connected, without calls.
    pub fn of(script: &str) -> Self {
        let mut line = Self { shard: shard(script), frames: Vec::new(), serial: 0 };
        line.shard.link_opened();
        let connect = line.next();
        line.take(&answer(&connect, json!({ "protocol": "p" })));
        line
    }

    /// Takes a frame; gives how many the scripts wrote because of it.
    pub fn take(&mut self, frame: &str) -> usize {
        self.shard.receive(frame).expect("a frame");
        self.shard.turn();
        self.frames.clear();
        self.shard.take_frames(&mut self.frames);
        self.frames.len()
    }

    /// The newest request that the shard wrote.
    pub fn next(&mut self) -> Value {
        self.shard.take_frames(&mut self.frames);
        let mut frames = self.frames.iter().rev().map(|text| serde_json::from_str(text).expect("JSON"));
        frames.find(|frame: &Value| frame.get("method").is_some()).expect("a request")
    }

    /// An event as a frame, with an id of its own.
    pub fn event(&mut self, event_type: &str, params: &Value) -> String {
        self.serial += 1;
        event(self.serial, event_type, params)
    }

    /// The event of a new call.
    pub fn new_call(&mut self) -> String {
        let call_id = format!("call-{}", self.serial);
        let params = json!({
            "call_id": call_id, "node_id": "node-1", "context": "default", "direction": "inbound",
            "call_state": "ringing", "segment_id": "s", "tag": "",
            "device": { "type": "phone", "params": {
                "from_number": "+15551110000", "to_number": "+15552220000", "headers": [],
            }},
        });
        self.event("calling.call.receive", &params)
    }

    /// The server has forgotten the call that the newest request is about.
    pub fn forget_call(&mut self) {
        let gone = answer(&self.next(), json!({ "code": "404", "message": "no such call" }));
        self.take(&gone);
        assert_eq!(self.shard.live(), 0);
    }
}

/// An event as a frame.
pub fn event(serial: u64, event_type: &str, params: &Value) -> String {
    let frame = json!({
        "jsonrpc": "2.0", "id": format!("event-{serial}"), "method": "signalwire.event",
        "params": { "event_type": event_type, "timestamp": 1_700_000_000.5, "params": params },
    });
    frame.to_string()
}

/// The answer to a request.
pub fn answer(request: &Value, result: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }).to_string()
}
