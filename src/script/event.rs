//! A RELAY event as scripts see it: kept as the frame's text, and read only when a script looks at it.
//! Most scripts wait for the end of a prompt and never do.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

use rhai::Dynamic;
use serde::Deserialize;
use serde_json::value::RawValue;

/// One event. It stays text until it is asked for.
#[derive(Debug)]
pub struct Event {
    event_type: Cow<'static, str>,
    frame: Box<str>,
    read: OnceCell<Params>,
}

/// A script's handle to an event: `event.event_type`, `event.timestamp`, `event.params`.
#[derive(Clone)]
pub struct EventRef(pub Rc<Event>);

#[derive(Deserialize)]
struct Frame {
    params: Params,
}

#[derive(Debug, Default, Deserialize)]
struct Params {
    #[serde(default)]
    timestamp: Dynamic,
    #[serde(default)]
    params: Dynamic,
}

impl Event {
    /// Keeps a copy of an event's frame.
    pub fn new(event_type: &str, frame: &str) -> Self {
        Self { event_type: known(event_type), frame: frame.into(), read: OnceCell::new() }
    }

    /// An event of the host's own, with these params.
    pub fn made(event_type: &str, params: &serde_json::Value) -> Self {
        Self::new(event_type, &serde_json::json!({ "params": { "params": params } }).to_string())
    }

    /// `calling.call.play` …
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The event's own params, as a map.
    pub fn params(&self) -> Dynamic {
        self.read().params.clone()
    }

    /// In seconds since 1970, as the server gives it; `()` if there is none.
    pub fn timestamp(&self) -> Dynamic {
        self.read().timestamp.clone()
    }

    /// A handle for a script.
    pub fn handle(self: &Rc<Self>) -> Dynamic {
        Dynamic::from(EventRef(Rc::clone(self)))
    }

    /// An event of which only the params are kept: for what stays as long as a call.
    pub fn of_params(frame: &str) -> Self {
        #[derive(Deserialize)]
        struct Outer<'a> {
            #[serde(borrow)]
            params: Inner<'a>,
        }
        #[derive(Deserialize)]
        struct Inner<'a> {
            #[serde(borrow)]
            params: &'a RawValue,
        }
        let params = serde_json::from_str::<Outer<'_>>(frame).map_or("null", |f| f.params.params.get());
        Self::new("", &format!(r#"{{"params":{{"params":{params}}}}}"#))
    }

    fn read(&self) -> &Params {
        self.read.get_or_init(|| {
            let frame = serde_json::from_str::<Frame>(&self.frame);
            frame.map(|frame| frame.params).unwrap_or_default()
        })
    }
}

/// The type of an event as it is kept; those of the usual actions take no memory.
fn known(event_type: &str) -> Cow<'static, str> {
    const USUAL: &[&str] = &[
        "",
        "calling.call.play",
        "calling.call.pay",
        "calling.call.collect",
        "calling.call.record",
        "calling.call.state",
    ];
    match USUAL.iter().find(|usual| **usual == event_type) {
        Some(usual) => Cow::Borrowed(usual),
        None => Cow::Owned(event_type.to_owned()),
    }
}
