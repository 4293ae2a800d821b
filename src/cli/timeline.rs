//! What happens on simulated calls, as people read it: time, who, what. Or as data.
//!
//! It prints nothing and changes nothing; secrets were masked where they arose.

mod data;
#[cfg(test)]
mod tests;
mod words;

use std::collections::VecDeque;
use std::time::Duration;

use data::Data;

use crate::relay::Time;
use crate::sim::{By, What};
use crate::testing::{Entry, Happened};

/// How many calls a timeline of many knows; of more, the oldest that is over is forgotten.
const MOST: usize = 1_000;

/// What is known of the calls so far.
#[derive(Default)]
pub struct Timeline {
    /// In the order in which they began.
    calls: VecDeque<Known>,
    began: usize,
    /// Whether calls are told apart from the first one on.
    numbered: bool,
    last_verb: Option<(Time, String)>,
}

struct Known {
    id: String,
    /// Counts the calls from 1.
    number: usize,
    began: Time,
    ended: Option<(Time, By)>,
    failed: bool,
    /// Whether it is connected to another party.
    connected: bool,
}

impl Timeline {
    /// A timeline of many calls, each with its number.
    pub fn of_many() -> Self {
        Self { numbered: true, ..Self::default() }
    }

    /// Takes note of what happened. Whatever is told of it comes after this.
    pub fn note(&mut self, entry: &Entry) {
        if let Happened::Seen(What::Verb { method, .. }) = &entry.what
            && !words::is_of_connection(method)
        {
            self.last_verb = Some((entry.at, words::verb_name(method).to_owned()));
        }
        let Some(id) = &entry.call_id else { return };
        if let Happened::Seen(What::CallBegan { .. }) = &entry.what {
            self.begin(id, entry.at);
        }
        let Some(call) = self.calls.iter_mut().rfind(|call| call.id == *id) else { return };
        match &entry.what {
            Happened::Seen(What::Ended { by, .. }) => call.ended = Some((entry.at, *by)),
            Happened::Seen(What::Event { event_type, summary, .. })
                if event_type == "calling.call.connect" =>
            {
                call.connected = summary == "connected";
            }
            Happened::Failed { .. } => call.failed = true,
            _ => {}
        }
    }

    fn begin(&mut self, id: &str, at: Time) {
        self.began += 1;
        let (id, number) = (id.to_owned(), self.began);
        self.calls.push_back(Known { id, number, began: at, ended: None, failed: false, connected: false });
        if self.numbered
            && self.calls.len() > MOST
            && let Some(over) = self.calls.iter().position(|call| call.ended.is_some())
        {
            self.calls.remove(over);
        }
    }

    /// A line for people; `None` for what is of no interest to them.
    pub fn line(&self, entry: &Entry) -> Option<String> {
        if let Happened::Over { reason, .. } = &entry.what {
            return Some(harmless(self.outcome(entry, reason)));
        }
        let (who, what) = words::describe(&entry.what)?;
        let number = self.number(entry).map(|number| format!(" #{number}")).unwrap_or_default();
        let seconds = self.since_began(entry).as_secs_f64();
        Some(harmless(format!("{seconds:>6.2}s{number}  {who:<6}  {what}")))
    }

    /// What that line says, without its time and who did it.
    pub fn words(entry: &Entry) -> Option<String> {
        words::describe(&entry.what).map(|(_, what)| what)
    }

    /// The same as data; `None` for what is about the connection alone.
    pub fn data(&self, entry: &Entry) -> Option<Data> {
        let mut fields = data::fields(&entry.what)?;
        if let Some(place) = &entry.place {
            fields.rest.insert("place".into(), data::position(place));
        }
        if let Happened::Over { .. } = &entry.what
            && let Some(known) = self.known(entry)
        {
            let by = known.ended.map(|(_, by)| words::party(by));
            fields.rest.insert("by".into(), by.into());
            fields.rest.insert("failed".into(), known.failed.into());
            fields.rest.insert("seconds".into(), seconds(self.length(known, entry.at)).into());
        }
        Some(Data { t: seconds(self.since_began(entry)), call_id: entry.call_id.clone(), fields })
    }

    /// The verb that was asked for last, and when.
    pub fn last_verb(&self) -> Option<(Time, &str)> {
        self.last_verb.as_ref().map(|(at, verb)| (*at, verb.as_str()))
    }

    /// Whether a call is connected to another party, and its caller talks to them.
    pub fn is_connected(&self, call_id: &str) -> bool {
        self.calls.iter().any(|call| call.id == call_id && call.connected)
    }

    fn outcome(&self, entry: &Entry, reason: &str) -> String {
        let number = self.number(entry).map(|number| format!(" #{number}")).unwrap_or_default();
        let Some(known) = self.known(entry) else { return format!("call{number} ended: {reason}") };
        let seconds = self.length(known, entry.at).as_secs_f64();
        let by = match (known.failed, known.ended) {
            (true, Some((_, By::Script)) | None) => " (the script failed)".to_owned(),
            (_, Some((_, by))) => format!(" (by {})", words::party_in_words(by)),
            (false, None) => String::new(),
        };
        format!("call{number} ended after {seconds:.1} s: {reason}{by}")
    }

    fn length(&self, known: &Known, now: Time) -> Duration {
        known.ended.map_or(now, |(at, _)| at).saturating_sub(known.began)
    }

    fn known(&self, entry: &Entry) -> Option<&Known> {
        let id = entry.call_id.as_ref()?;
        self.calls.iter().rfind(|call| call.id == *id)
    }

    /// The call's number; `None` when there is no need to tell it from others.
    fn number(&self, entry: &Entry) -> Option<usize> {
        let number = self.known(entry)?.number;
        (self.numbered || number > 1).then_some(number)
    }

    /// Times count from the beginning of the call; without a call, from that of the latest one. Where one call
    /// is told, those that it leads to have its time.
    fn since_began(&self, entry: &Entry) -> Duration {
        let known = match self.numbered {
            true => self.known(entry).or(self.calls.back()),
            false => self.calls.front(),
        };
        entry.at.saturating_sub(known.map_or(Time::ZERO, |known| known.began))
    }
}

/// A line as a terminal may get it: callers and clients can say anything, also what steers a terminal, begins a
/// line of its own, or turns the direction of writing.
fn harmless(line: String) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !line.contains(steers) {
        return line;
    }
    let mut plain = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\n' | '\t' => plain.push(' '),
            c if steers(c) => plain.extend(c.escape_unicode()),
            c => plain.push(c),
        }
    }
    plain
}

/// Seconds with milliseconds.
fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}
