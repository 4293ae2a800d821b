//! What a simulated call asks of the world outside: HTTP requests that somebody else makes.
//!
//! Only describes: no socket is opened here. Whoever moves the peer takes what is asked, and answers.

use super::frames::Fields;
use super::observe::What;
use super::peer::Peer;
use serde_json::Value;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long the answer to a status post may take.
const REPORTING: Duration = Duration::from_secs(10);

/// Which addresses simulated calls may reach by HTTP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Outside {
    /// None: nothing is ever asked.
    #[default]
    Nothing,
    /// Those on this machine: `localhost`, `127.0.0.0/8`, `[::1]`.
    ThisMachine,
    /// These URLs; one that ends with `*` stands for all that begin like it.
    Only(Arc<[String]>),
    /// All.
    Everything,
}

impl Outside {
    /// Whether this URL may be asked for.
    #[must_use]
    pub fn reaches(&self, url: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::ThisMachine => host(url).is_some_and(is_this_machine),
            Self::Only(urls) => urls.iter().any(|known| is_meant(known, url)),
            Self::Everything => host(url).is_some(),
        }
    }
}

/// Whether a URL is the one that is written, or begins like it up to a `*` at its end.
pub(crate) fn is_meant(written: &str, url: &str) -> bool {
    match written.strip_suffix('*') {
        Some(beginning) => url.starts_with(beginning),
        None => url == written,
    }
}

/// The host of an `http` or `https` URL, without user, port and brackets.
fn host(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let address = authority.rsplit('@').next()?;
    let host = match address.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next()?,
        None => address.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}

fn is_this_machine(host: &str) -> bool {
    let local = host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost");
    local || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Names one thing that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub(super) u64);

/// One thing that is asked.
#[derive(Debug)]
pub struct Ask {
    /// To be given back with the answer.
    pub id: AskId,
    /// The call that asks.
    pub call_id: String,
    /// What it asks.
    pub what: Asked,
}

/// What can be asked.
#[derive(Clone, PartialEq, Eq)]
pub enum Asked {
    /// `POST` this JSON; it may hold a card number, so it is not shown.
    Post {
        /// Where to.
        url: String,
        /// The body, JSON.
        body: String,
        /// How long the answer may take, in real time.
        timeout: Duration,
    },
    /// How long is the audio file at this URL?
    Length {
        /// The file.
        url: String,
    },
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post { .. } => f.write_str("Post(***)"),
            Self::Length { .. } => f.write_str("Length(***)"),
        }
    }
}

/// What comes back.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// A response, whatever its status.
    Response {
        /// The HTTP status.
        status: u16,
        /// The body, as text; at most 64 KiB of it are kept.
        body: String,
    },
    /// The audio's length.
    Length(Duration),
    /// There was no response in time.
    TimedOut,
    /// There was none at all, or no audio in it; why, in words without secrets.
    Failed(String),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response { status, .. } => write!(f, "Response({status})"),
            Self::Length(length) => write!(f, "Length({length:?})"),
            Self::TimedOut => f.write_str("TimedOut"),
            Self::Failed(why) => write!(f, "Failed({why:?})"),
        }
    }
}

/// What was asked and has no answer yet.
pub(super) struct Asking {
    call_id: String,
    /// The action that waits for it.
    control_id: Option<String>,
    /// The URL of a post.
    posted_to: Option<String>,
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("call_id", &self.call_id).finish_non_exhaustive()
    }
}

/// An answer in a few words.
fn summary(answer: &Answer) -> String {
    match answer {
        Answer::Response { status, .. } => status.to_string(),
        Answer::TimedOut => "no answer in time".to_owned(),
        Answer::Failed(why) => why.clone(),
        Answer::Length(length) => format!("{} s", length.as_secs_f64()),
    }
}

impl Peer {
    /// What calls ask of the world outside since the last time, in order. Each wants one
    /// [`Peer::outside_answered`].
    #[must_use]
    pub fn take_asks(&mut self) -> Vec<Ask> {
        std::mem::take(&mut self.asks)
    }

    /// What calls may reach from now on.
    pub fn set_outside(&mut self, outside: Outside) {
        self.world.outside = outside;
    }

    /// Whether something was asked that has no answer yet. A clock that is not the real one waits for it.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        !self.asking.is_empty()
    }

    /// Answers what was asked. It changes nothing when the call went on without it.
    pub fn outside_answered(&mut self, now: Duration, id: AskId, answer: &Answer) {
        let Some(Asking { call_id, control_id, posted_to }) = self.asking.remove(&id) else { return };
        if let Some(url) = posted_to {
            self.observe(now, Some(&call_id), What::posted(&url, summary(answer)));
        }
        if let Some(control_id) = control_id {
            self.on_line(now, &call_id, |line, fx| line.answered_from_outside(&control_id, answer, fx));
        }
    }

    /// Asks for an action of a call, or (without a `control_id`) for nobody who waits.
    pub(super) fn ask(&mut self, call_id: &str, control_id: Option<String>, what: Asked) {
        self.asked += 1;
        let id = AskId(self.asked);
        let posted_to = match &what {
            Asked::Post { url, .. } => Some(url.clone()),
            Asked::Length { .. } => None,
        };
        self.asking.insert(id, Asking { call_id: call_id.to_owned(), control_id, posted_to });
        self.asks.push(Ask { id, call_id: call_id.to_owned(), what });
    }

    /// Posts to a status URL what an event would say. What comes of it changes nothing.
    pub(super) fn report(
        &mut self,
        now: Duration,
        call_id: &str,
        url: String,
        event_type: &str,
        params: Fields,
    ) {
        let Some(session) = self.lines.get(call_id).and_then(|line| line.session) else { return };
        if !self.world.outside.reaches(&url) {
            return self.observe(
                now,
                Some(call_id),
                What::posted(&url, "not sent, it is not reached".into()),
            );
        }
        let body = Value::Object(self.event(now, session, event_type, params)).to_string();
        self.ask(call_id, None, Asked::Post { url, body, timeout: REPORTING });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_near() {
        for (url, near) in [
            ("http://localhost:8080/pay", true),
            ("http://LOCALHOST", true),
            ("https://api.localhost/x", true),
            ("http://127.0.0.1/", true),
            ("http://127.1.2.3:80?x", true),
            ("http://[::1]:8080/pay", true),
            ("http://user:secret@localhost/", true),
            ("http://localhost@example.com/", false),
            ("http://localhost.example.com/", false),
            ("http://example.com#@localhost/", false),
            ("http://example.com\\@localhost/", false),
            ("https://example.com/localhost", false),
            ("http://10.0.0.1/", false),
            ("ftp://localhost/", false),
            ("sim:approve", false),
            ("http://", false),
        ] {
            assert_eq!(Outside::ThisMachine.reaches(url), near, "{url}");
            assert!(!Outside::Nothing.reaches(url));
        }
        assert!(Outside::Everything.reaches("https://example.com/"));
    }

    #[test]
    fn urls_are_reached_one_by_one_or_by_how_they_begin() {
        let only =
            Outside::Only(["https://a.example/pay".to_owned(), "https://b.example/*".to_owned()].into());
        for (url, reached) in [
            ("https://a.example/pay", true),
            ("https://a.example/pay/x", false),
            ("https://b.example/any?x", true),
            ("https://b.example", false),
        ] {
            assert_eq!(only.reaches(url), reached, "{url}");
        }
    }

    #[test]
    fn nothing_of_a_post_is_shown() {
        let body = "4242424242424242".to_owned();
        let post =
            Asked::Post { url: "http://u:p@localhost".into(), body: body.clone(), timeout: Duration::ZERO };
        let shown = format!("{post:?} {:?}", Answer::Response { status: 200, body });
        assert_eq!(shown, "Post(***) Response(200)");
    }
}
