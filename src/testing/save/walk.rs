//! What the caller heard and did, line by line, as a test says it.
//!
//! A test goes from one thing that it waits for to the next, and acts as soon as it can. Where the real caller
//! took time that mattered, it waits.

use std::time::Duration;

use super::hearing::{Hearing, plain_part};
use super::keys::{self, Entered, Entries};
use super::naming::slug;
use super::paying::Connectors;
use super::quoting::{key, quoted};
use super::story::{Action, Story, Taken};
use crate::sim::{By, How, What};
use crate::testing::journal::Happened;
use crate::testing::transcript::party;
use crate::testing::words::card_name;
use crate::testing::world::{CONTEXT, FROM, TO};

/// A word of a test that waits longer than this says so; without it, a minute is the most.
const USUAL: Duration = Duration::from_secs(45);
/// By how much longer.
const RESERVE: Duration = Duration::from_secs(15);

/// When a test lets time pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// Where something else would happen otherwise.
    Needed,
    /// Wherever the caller did.
    All,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Told {
    /// The lines of the case.
    pub lines: Vec<String>,
    /// What happened, in words for its name.
    pub deeds: Vec<String>,
}

/// See the module.
pub(super) struct Walk<'s, 'a> {
    pub story: &'s Story<'a>,
    pub entered: &'s Entries,
    pub hearing: Hearing<'a>,
    pub lines: Vec<String>,
    pub deeds: Vec<String>,
    /// The last place that the test waits for.
    pub sync: usize,
    /// Everything before this place is told, but for faults.
    pub told: usize,
    pub connectors: Connectors,
    /// The test's words for payments and recordings look onward from this place.
    pub eye: usize,
    waits: Waits,
    reason: Option<&'a str>,
}

/// Writes a story down.
pub(super) fn walk(story: &Story<'_>, waits: Waits) -> Told {
    let entered = keys::entries(story);
    let mut walk = Walk {
        story,
        entered: &entered,
        hearing: Hearing::new(story, &entered),
        lines: Vec::new(),
        deeds: Vec::new(),
        sync: 0,
        told: 0,
        connectors: Connectors::default(),
        eye: 0,
        waits,
        reason: None,
    };
    walk.dial();
    for place in 0..story.entries.len() {
        walk.step(place);
    }
    if let Some(reason) = walk.reason {
        walk.lines.push(format!("assert_eq(call.end_reason, {});", quoted(reason)));
    }
    Told { lines: walk.lines, deeds: walk.deeds }
}

impl<'a> Walk<'_, 'a> {
    fn step(&mut self, place: usize) {
        let entry = self.story.entries[place];
        match &entry.what {
            Happened::Failed { fault, .. } => self.fault(place, &fault.message),
            _ if place < self.told => {}
            Happened::Seen(What::Heard { how: How::Tts, .. }) => {
                let pays = self.story.payments().any(|payment| payment.lives_at(place));
                if !pays && let Some(part) = self.hearing.listen(place) {
                    self.hears(place, &part);
                }
            }
            Happened::Seen(What::Pressed { .. } | What::Spoke { .. }) => self.entry(place),
            Happened::Seen(What::Verb { method, params }) if method == "calling.transfer" => {
                self.transferred(place, params["dest"].as_str());
            }
            Happened::Seen(What::Verb { .. }) => self.begins(place),
            Happened::Seen(What::Event { event_type, params, .. }) => match event_type.as_str() {
                "calling.call.connect" if params["connect_state"] == "connected" => {
                    self.transferred(place, party(&params["peer"]["device"]));
                }
                "calling.call.refer" if params["state"] == "success" => {
                    self.transferred(place, params["sip_refer_to"].as_str());
                }
                _ => {}
            },
            Happened::Seen(What::Ended { reason, by }) => self.ended(place, reason, *by),
            _ => {}
        }
    }

    /// The first line: what differs from a call of which nothing is said.
    fn dial(&mut self) {
        let mut fields: Vec<(String, String)> = Vec::new();
        for entry in &self.story.entries {
            match &entry.what {
                Happened::Seen(What::CallBegan { from, to }) => {
                    let given = [("from", from, FROM), ("to", to, TO)];
                    let other = given.into_iter().filter(|(_, number, usual)| number != usual);
                    fields.extend(other.map(|(name, number, _)| (name.to_owned(), quoted(number))));
                }
                Happened::Seen(What::Event { event_type, params, .. })
                    if event_type == "calling.call.receive" =>
                {
                    let context = params["context"].as_str().filter(|context| *context != CONTEXT);
                    fields.extend(context.map(|context| ("context".to_owned(), quoted(context))));
                    let headers = params.pointer("/device/params/headers").and_then(|it| it.as_array());
                    let headers = headers.into_iter().flatten().filter_map(|header| {
                        let (name, value) = (header["name"].as_str()?, header["value"].as_str()?);
                        Some(format!("{}: {}", key(name), quoted(value)))
                    });
                    let headers = headers.collect::<Vec<_>>().join(", ");
                    if !headers.is_empty() {
                        fields.push(("headers".to_owned(), format!("#{{ {headers} }}")));
                    }
                    break;
                }
                _ => {}
            }
        }
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let given = if fields.is_empty() { String::new() } else { format!("#{{ {} }}", fields.join(", ")) };
        self.lines.push(format!("let caller = dial({given});"));
    }

    /// The caller hears this at a place; the test waits for it.
    pub fn hears(&mut self, place: usize, part: &str) {
        let limit = self.limit(place).map(|limit| format!(", {limit}")).unwrap_or_default();
        self.lines.push(format!("caller.hears({}{limit});", quoted(part)));
        self.sync = place;
    }

    /// How many seconds a word may wait until this place; `None` when it need not be said.
    fn limit(&self, place: usize) -> Option<u64> {
        let wait = self.since(place);
        (wait > USUAL).then(|| (wait + RESERVE).as_secs() + 1)
    }

    fn since(&self, place: usize) -> Duration {
        self.story.at(place).saturating_sub(self.story.at(self.sync))
    }

    /// Lets the time pass that passed until this place, in tenths of a second.
    pub fn wait(&mut self, place: usize) {
        let tenths = self.since(place).as_millis().div_ceil(100);
        if tenths > 0 {
            let (seconds, rest) = (tenths / 10, tenths % 10);
            let rest = if rest == 0 { String::new() } else { format!(".{rest}") };
            self.lines.push(format!("caller.waits({seconds}{rest});"));
        }
        self.sync = place;
    }

    /// Waits until what took the caller's keys or words takes them, where the test would act before.
    pub fn wait_for_takers(&mut self, place: usize, takers: &[usize], taken: Taken) {
        let first = self.story.first_takers(self.sync, place, taken);
        if self.waits == Waits::All || first != takers {
            self.wait(place);
        }
    }

    fn entry(&mut self, place: usize) {
        let Some(entered) = self.entered.all.iter().find(|entered| entered.first == place) else { return };
        let Entered { code, spoken, last, .. } = entered;
        let taken = if *spoken { Taken::Speech } else { Taken::Keys };
        self.wait_for_takers(place, &self.story.takers_at(place, taken), taken);
        let word = if *spoken { "says" } else { "press" };
        self.lines.push(format!("caller.{word}({code});"));
        self.deeds.push(match (&entered.plain, spoken) {
            (Some(words), true) => format!("says_{}", slug(words)),
            (Some(keys), false) => format!("presses_{}", slug(keys)),
            (None, _) => "enters_a_card".to_owned(),
        });
        self.sync = *last;
    }

    /// Something begins that has words of its own.
    fn begins(&mut self, place: usize) {
        let story = self.story;
        let Some(action) = story.actions.iter().find(|action| action.began == place) else { return };
        match action.method {
            "calling.pay" => self.pay(action),
            "calling.record" => self.record(action),
            _ => {}
        }
    }

    /// Whether the word for this kind of action would find this one.
    pub fn is_next(&self, action: &Action<'_>) -> bool {
        let mut same = self.story.actions.iter().filter(|other| other.method == action.method);
        same.find(|other| other.began >= self.eye).is_some_and(|next| next.began == action.began)
    }

    fn transferred(&mut self, place: usize, to: Option<&str>) {
        let Some(to) = to.filter(|to| !to.contains("****")) else { return };
        let limit = self.limit(place).map(|limit| format!(", {limit}")).unwrap_or_default();
        self.lines.push(format!("caller.transferred_to({}{limit});", quoted(to)));
        self.deeds.push("is_connected".to_owned());
        self.sync = place;
    }

    fn fault(&mut self, place: usize, message: &str) {
        let part = plain_part(message).unwrap_or_default();
        self.lines.push(format!("caller.expects_fault({});", quoted(part)));
        self.deeds.push("fails".to_owned());
        self.sync = place;
    }

    fn ended(&mut self, place: usize, reason: &'a str, by: By) {
        self.reason = Some(reason);
        match by {
            By::Script => {
                let limit = self.limit(place).map(|limit| limit.to_string()).unwrap_or_default();
                self.lines.push(format!("caller.is_hung_up_on({limit});"));
                self.deeds.push("is_hung_up_on".to_owned());
            }
            By::Caller => {
                if self.waits == Waits::All || self.has_gone_on(place) {
                    self.wait(place);
                }
                self.lines.push("caller.hangs_up();".to_owned());
                self.deeds.push("hangs_up".to_owned());
            }
            By::Server => {
                self.wait(place);
                self.deeds.push("is_cut_off".to_owned());
            }
        }
        self.sync = place;
    }

    /// Whether the script did something since the test waited for it last, and before this place.
    fn has_gone_on(&self, place: usize) -> bool {
        let settled = self.story.settled(self.sync, place);
        let between = self.story.entries[settled..place].iter().skip(1);
        let mut before = between.filter(|entry| entry.at < self.story.at(place));
        before.any(|entry| match &entry.what {
            Happened::Seen(What::Verb { .. }) => true,
            Happened::Seen(What::Event { event_type, .. }) => event_type != "calling.call.play",
            _ => false,
        })
    }
}

/// The name by which tests have a test card.
pub(super) fn card(card: &crate::sim::TestCard) -> String {
    format!("cards.{}", card_name(card))
}
