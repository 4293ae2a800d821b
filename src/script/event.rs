//! A RELAY event as scripts see it: kept as the frame's text, and made a map only when a script
//! looks at it.

use rhai::{Dynamic, Map};
use serde::Deserialize;
use serde_json::value::RawValue;

/// One event. It stays text until it is asked for.
#[derive(Debug)]
pub struct Event {
    event_type: Box<str>,
    frame: Box<str>,
}

#[derive(Deserialize)]
struct Frame {
    params: Params,
}

#[derive(Default, Deserialize)]
struct Params {
    #[serde(default)]
    timestamp: Dynamic,
    #[serde(default)]
    params: Dynamic,
}

impl Event {
    /// Keeps a copy of an event's frame.
    pub fn new(event_type: &str, frame: &str) -> Self {
        Self { event_type: event_type.into(), frame: frame.into() }
    }

    /// An event of the host's own, with these params.
    pub fn made(event_type: &str, params: &serde_json::Value) -> Self {
        Self::new(event_type, &serde_json::json!({ "params": { "params": params } }).to_string())
    }

    /// `calling.call.play` …
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The event's own params.
    pub fn params(&self) -> Dynamic {
        self.read().params
    }

    /// `#{event_type, timestamp, params}`; `timestamp` in seconds since 1970, `()` if there is none.
    pub fn to_dynamic(&self) -> Dynamic {
        let Params { timestamp, params } = self.read();
        let mut map = Map::new();
        map.insert("event_type".into(), (&*self.event_type).into());
        map.insert("timestamp".into(), timestamp);
        map.insert("params".into(), params);
        map.into()
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

    fn read(&self) -> Params {
        serde_json::from_str::<Frame>(&self.frame).map(|frame| frame.params).unwrap_or_default()
    }
}
