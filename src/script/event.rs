//! A RELAY event as scripts see it: kept as text, and made a map only when a script looks at it.

use rhai::{Dynamic, Map};

use super::api::json::read_json;

/// One event. Its params stay JSON text until they are asked for.
#[derive(Debug)]
pub struct Event {
    event_type: Box<str>,
    timestamp: Option<f64>,
    params: Box<str>,
}

impl Event {
    /// Keeps a copy of what came.
    pub fn new(event_type: &str, timestamp: Option<f64>, params: &str) -> Self {
        Self { event_type: event_type.into(), timestamp, params: params.into() }
    }

    /// `calling.call.play` …
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The params as JSON text.
    pub fn params(&self) -> &str {
        &self.params
    }

    /// `#{event_type, timestamp, params}`; `timestamp` in seconds since 1970, `()` if there is none.
    pub fn to_dynamic(&self) -> Dynamic {
        let mut map = Map::new();
        map.insert("event_type".into(), Dynamic::from(self.event_type.to_string()));
        map.insert("timestamp".into(), self.timestamp.map_or(Dynamic::UNIT, Dynamic::from_float));
        map.insert("params".into(), read_json(&self.params).unwrap_or_default());
        map.into()
    }
}
