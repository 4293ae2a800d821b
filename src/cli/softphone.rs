//! What the softphone's page is told of scripts and calls: JSON objects, each with a `type`.
//!
//! Every message passes the redactor: what is masked in the log is masked on the page. It reads no files
//! and decides nothing.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::failure::Failure;
use super::saving::Added;
use super::timeline::Timeline;
use crate::redact::Redactor;
use crate::script::sources::Source;
use crate::sim::server::{Entrance, Feed, SaveWish};
use crate::testing::{Entry, Happened};

/// Where it is served when nothing else is said.
const PORT: u16 = 4455;

/// How bad a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// All is well.
    Info,
    /// Worth a look.
    Warning,
    /// Something is broken.
    Error,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Begins to listen on this machine: on the port that was asked for; else on the usual one or, if that is
/// taken, on any.
pub async fn open(port: Option<u16>) -> Result<Entrance, Failure> {
    let local = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let listen =
        async |address| Entrance::open(address).await.map_err(|source| Failure::Listen { address, source });
    match (port, listen(local(port.unwrap_or(PORT))).await) {
        (None, Err(_)) => listen(local(0)).await,
        (_, result) => result,
    }
}

/// The time, since 1970.
pub fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// Writes to the pages.
pub struct Board {
    redactor: Arc<Redactor>,
}

impl Board {
    /// One that masks what this redactor knows.
    pub fn new(redactor: Arc<Redactor>) -> Self {
        Self { redactor }
    }

    /// Tells of one thing that happened; the timeline has taken note of it.
    pub fn happened(&self, feed: &mut Feed, timeline: &Timeline, entry: &Entry) {
        if let Some(data) = timeline.data(entry) {
            let at = entry.at.as_secs_f64();
            let text = Timeline::words(entry);
            self.publish(feed, &json!({"type": "entry", "at": at, "entry": data, "text": text}));
        }
        if let Happened::Failed { fault, sources } = &entry.what {
            let text = fault.render(sources, false);
            let text = text.trim_end_matches('\n');
            self.publish(feed, &json!({"type": "notice", "level": Level::Error.word(), "text": text}));
        }
    }

    /// Tells of a script file in its newest version.
    pub fn script(&self, feed: &mut Feed, source: &Source, version: u64, contexts: &[String]) {
        let message = json!({"type": "script", "file": source.path, "version": version, "contexts": contexts,
            "text": &*source.text,
        });
        feed.keep(&format!("script {}", source.path), self.masked(&message));
    }

    /// Tells what a look at the scripts came to. `look` numbers the looks: each makes the one before it old.
    pub fn look(&self, feed: &mut Feed, level: Level, text: &str, look: u64) {
        let text = text.trim_end_matches('\n');
        self.publish(feed, &json!({"type": "notice", "level": level.word(), "text": text, "look": look}));
    }

    /// The answer to a page that wants a call saved as a test.
    pub fn saved(&self, wish: &SaveWish, outcome: &Result<Added, Box<dyn Error>>) -> String {
        let (reference, call_id) = (&wish.reference, &wish.call_id);
        let message = match outcome {
            Ok(added) => json!({"type": "saved", "ref": reference, "call_id": call_id, "path": added.path,
                "name": added.placed.name, "text": added.placed.case, "warning": added.warning(),
                "run": added.command(),
            }),
            Err(error) => {
                json!({"type": "failed", "ref": reference, "error": format!("cannot save the call: {error}")})
            }
        };
        self.masked(&message)
    }

    fn publish(&self, feed: &mut Feed, message: &Value) {
        feed.publish(self.masked(message));
    }

    fn masked(&self, message: &Value) -> String {
        self.redactor.mask_json(&message.to_string()).into_owned()
    }
}
