//! HTTP without a network: what answers the requests of a simulated world, and what was asked.
//!
//! It opens no sockets. A request that nobody planned for is refused and kept: it fails the case.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::relay::Time;
use crate::script::diagnostics::mask_cards;
use crate::sim::{Answer, Asked, is_meant};

/// A request, as a test may see it: card numbers are masked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Request {
    /// When it was made.
    #[serde(skip)]
    pub at: Time,
    /// `GET`, `POST` …
    pub method: String,
    /// The URL.
    pub url: String,
    /// The body; empty when there is none.
    pub body: String,
}

impl Request {
    /// A request made now.
    #[must_use]
    pub fn new(at: Time, method: &str, url: &str, body: &str) -> Self {
        Self { at, method: method.to_owned(), url: mask_cards(url), body: masked(body) }
    }
}

/// A body without what a card says, whether or not its number is a good one.
fn masked(body: &str) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(body) else { return mask_cards(body) };
    for (name, value) in &mut fields {
        match (name.as_str(), value.as_str()) {
            ("cardnumber", Some(number)) => {
                let kept = number.chars().count().saturating_sub(4);
                let last: String = number.chars().skip(kept).collect();
                *value = format!("************{last}").into();
            }
            ("cvv" | "expiry_month" | "expiry_year", Some(_)) => *value = "***".into(),
            _ => {}
        }
    }
    mask_cards(&Value::Object(fields).to_string())
}

/// What a double answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// A response.
    Response {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
        /// How long the audio at this URL is.
        length: Option<Duration>,
    },
    /// Nothing in time.
    TimesOut,
    /// Nothing at all: no connection.
    Fails,
}

impl Reply {
    /// The answer to what the platform asked.
    #[must_use]
    pub fn answer(&self, asked: &Asked) -> Answer {
        match (self, asked) {
            (Self::TimesOut, _) => Answer::TimedOut,
            (Self::Fails, _) => Answer::Failed("connection refused".to_owned()),
            (Self::Response { length: Some(length), .. }, Asked::Length { .. }) => Answer::Length(*length),
            (Self::Response { .. }, Asked::Length { .. }) => Answer::Failed("no audio".to_owned()),
            (Self::Response { status, body, .. }, Asked::Post { .. }) => {
                Answer::Response { status: *status, body: body.clone() }
            }
        }
    }
}

/// A request that nobody planned for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody expected {method} {url}")]
pub struct Unexpected {
    /// `GET`, `POST` …
    pub method: String,
    /// The URL.
    pub url: String,
}

/// Names a double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoubleId(usize);

#[derive(Debug)]
struct Double {
    method: String,
    url: String,
    reply: Reply,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Doubles {
    doubles: Vec<Double>,
    requests: Vec<Request>,
    unexpected: Option<Unexpected>,
}

impl Doubles {
    /// Plans for requests with this method and URL, which may end with `*`. It answers 200 with an empty
    /// body. Of several that fit a request the last one answers.
    pub fn on(&mut self, method: &str, url: &str) -> DoubleId {
        let reply = Reply::Response { status: 200, body: String::new(), length: None };
        self.doubles.push(Double { method: method.to_owned(), url: url.to_owned(), reply });
        DoubleId(self.doubles.len() - 1)
    }

    /// Says what a double answers from now on.
    pub fn reply(&mut self, id: DoubleId, reply: Reply) {
        if let Some(double) = self.doubles.get_mut(id.0) {
            double.reply = reply;
        }
    }

    /// Makes a request.
    ///
    /// # Errors
    /// Nobody planned for it; the first such request is kept.
    pub fn request(&mut self, request: Request) -> Result<Reply, Unexpected> {
        let fits = |double: &&Double| double.method == request.method && is_meant(&double.url, &request.url);
        let reply = self.doubles.iter().rev().find(fits).map(|double| double.reply.clone());
        let unexpected = Unexpected { method: request.method.clone(), url: request.url.clone() };
        self.requests.push(request);
        reply.ok_or_else(|| self.unexpected.get_or_insert(unexpected).clone())
    }

    /// The requests, in order.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The first request that nobody planned for.
    #[must_use]
    pub fn unexpected(&self) -> Option<&Unexpected> {
        self.unexpected.as_ref()
    }

    /// The URLs that are planned for.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.doubles.iter().map(|double| double.url.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn get(url: &str) -> Request {
        Request::new(Time::ZERO, "GET", url, "")
    }

    #[test]
    fn the_last_double_that_fits_answers_and_strangers_are_kept() {
        let mut doubles = Doubles::default();
        let all = doubles.on("GET", "https://a.example/*");
        let one = doubles.on("GET", "https://a.example/one");
        doubles.reply(all, Reply::Fails);
        doubles.reply(one, Reply::TimesOut);
        assert_eq!(doubles.request(get("https://a.example/one")), Ok(Reply::TimesOut));
        assert_eq!(doubles.request(get("https://a.example/two")), Ok(Reply::Fails));
        assert!(doubles.unexpected().is_none());
        let stranger = doubles.request(Request::new(Time::ZERO, "POST", "https://a.example/one", ""));
        assert_eq!(stranger.unwrap_err().to_string(), "nobody expected POST https://a.example/one");
        assert_eq!(doubles.unexpected().unwrap().method, "POST");
        assert_eq!(doubles.requests().len(), 3);
    }

    #[test]
    fn card_numbers_are_masked_before_anybody_sees_them() {
        let body = r#"{"n":"4242424242424242","cardnumber":"4242424242424241","cvv":"987","amount":"29.99"}"#;
        let request = Request::new(Time::ZERO, "POST", "https://a.example/", body);
        let shown = format!("{request:?}");
        assert!(!shown.contains("42424242") && !shown.contains("987"), "{shown}");
        assert!(shown.contains("************4241") && shown.contains("29.99"), "{shown}");
    }
}
