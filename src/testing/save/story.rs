//! A call as it happened: its entries in order, and what of the script listened when.
//!
//! It interprets no key and no word.

use serde_json::Value;

use crate::relay::Time;
use crate::script::sources::Source;
use crate::sim::{How, What};
use crate::testing::journal::{Entry, Happened};

/// See the module. Places are those of entries in `entries`.
pub(super) struct Story<'a> {
    /// What happened on the call.
    pub entries: Vec<&'a Entry>,
    /// What the script began, in order; what was refused is not among it.
    pub actions: Vec<Action<'a>>,
    /// The path of its script.
    pub script: &'a str,
    /// The files of its script.
    pub sources: &'a [Source],
}

/// Something that a script began and that went on.
pub(super) struct Action<'a> {
    /// The wire method.
    pub method: &'a str,
    /// The wire's name for it; empty for keys that are bound.
    pub control_id: &'a str,
    /// What was asked for.
    pub params: &'a Value,
    /// The place of the request.
    pub began: usize,
    /// The place of the event that ended it; `None` when the call ended before.
    pub ended: Option<usize>,
    /// What that event said.
    pub result: Option<&'a Value>,
    /// Whether the script stopped it.
    pub stopped: bool,
    /// Whether any event told of it.
    told: bool,
}

/// What is taken from a caller.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Keys,
    Speech,
}

impl Action<'_> {
    /// Whether it lives when the entry at this place happens.
    pub fn lives_at(&self, place: usize) -> bool {
        self.began < place && self.ended.is_none_or(|ended| ended > place)
    }

    /// Whether it still lives when that entry has happened.
    fn lives_after(&self, place: usize) -> bool {
        self.began <= place && self.ended.is_none_or(|ended| ended > place)
    }

    /// Whether a caller's keys or words reach it.
    pub fn takes(&self, what: Taken) -> bool {
        let params = self.params;
        match (self.method, what) {
            ("calling.play_and_collect", Taken::Keys) => params["collect"].get("digits").is_some(),
            ("calling.play_and_collect", Taken::Speech) => params["collect"].get("speech").is_some(),
            ("calling.collect", Taken::Keys) => params.get("digits").is_some(),
            ("calling.collect", Taken::Speech) => params.get("speech").is_some(),
            ("calling.record", Taken::Keys) => !self.terminators().is_empty(),
            ("calling.record" | "calling.ai", Taken::Speech) | ("calling.bind_digit", Taken::Keys) => true,
            ("calling.detect", Taken::Keys) => params.pointer("/detect/type") == Some(&"digit".into()),
            _ => false,
        }
    }

    /// The keys that end a recording.
    pub fn terminators(&self) -> &str {
        self.params.pointer("/record/audio/terminators").and_then(Value::as_str).unwrap_or("#*")
    }

    /// A text of the event that ended it.
    pub fn outcome(&self, name: &str) -> Option<&str> {
        self.result?.get(name)?.as_str()
    }
}

impl<'a> Story<'a> {
    /// The story of one call; `None` when there is none, or no script had it.
    pub fn of(entries: &'a [Entry], call_id: &str) -> Option<Self> {
        let of_call = entries.iter().filter(|entry| entry.call_id.as_deref() == Some(call_id));
        let entries: Vec<&Entry> = of_call.collect();
        let (script, sources) = entries.iter().find_map(|entry| match &entry.what {
            Happened::Began { script, sources, .. } => Some((script.as_str(), sources.as_slice())),
            _ => None,
        })?;
        let mut story = Self { entries, actions: Vec::new(), script, sources };
        for (place, entry) in story.entries.clone().into_iter().enumerate() {
            match &entry.what {
                Happened::Seen(What::Verb { method, params }) => story.used(place, method, params),
                Happened::Seen(What::Refused { method, .. }) => {
                    let began = story.actions.iter().rposition(|one| one.method == *method && !one.told);
                    began.map(|index| story.actions.remove(index));
                }
                Happened::Seen(What::Event { event_type, params, .. }) => {
                    story.told(place, event_type, params);
                }
                _ => {}
            }
        }
        Some(story)
    }

    fn used(&mut self, place: usize, method: &'a str, params: &'a Value) {
        let control_id = params["control_id"].as_str().unwrap_or_default();
        let (stop, clear) = (method.strip_suffix(".stop"), method == "calling.clear_digit_bindings");
        let is_action = method == "calling.bind_digit"
            || method.matches('.').count() == 1 && !control_id.is_empty() && !clear;
        for action in &mut self.actions {
            if clear && action.method == "calling.bind_digit" {
                action.ended.get_or_insert(place);
            }
            action.stopped |= stop == Some(action.method) && action.control_id == control_id;
        }
        if is_action {
            self.actions.push(Action {
                method,
                control_id,
                params,
                began: place,
                ended: None,
                result: None,
                stopped: false,
                told: method == "calling.bind_digit",
            });
        }
    }

    fn told(&mut self, place: usize, event_type: &str, params: &'a Value) {
        let Some(control_id) = params["control_id"].as_str() else { return };
        let Some(action) = self.actions.iter_mut().find(|one| one.control_id == control_id) else { return };
        action.told = true;
        let collects = matches!(action.method, "calling.collect" | "calling.play_and_collect");
        let state = params["state"].as_str().unwrap_or_default();
        let is_last = match event_type {
            "calling.call.collect" => params["final"] != false,
            "calling.call.detect" => params.pointer("/detect/params/event") == Some(&"finished".into()),
            // The prompt of a collect ends by an event of its own.
            "calling.call.play" if collects => false,
            _ => matches!(state, "finished" | "error" | "no_input"),
        };
        if is_last && action.ended.is_none() {
            (action.ended, action.result) = (Some(place), Some(params));
        }
    }

    /// When the entry at this place happened.
    pub fn at(&self, place: usize) -> Time {
        self.entries.get(place).map_or(Time::ZERO, |entry| entry.at)
    }

    /// The last place before `end` that happened at the same time as this one: all of it has happened when a
    /// test that waited for this place goes on.
    pub fn settled(&self, place: usize, end: usize) -> usize {
        let same = (place..end).take_while(|other| self.at(*other) == self.at(place));
        same.last().unwrap_or(place)
    }

    /// What takes keys or words from the caller who acts at this place, by their places.
    pub fn takers_at(&self, place: usize, what: Taken) -> Vec<usize> {
        let takers = self.actions.iter().filter(|action| action.takes(what) && action.lives_at(place));
        takers.map(|action| action.began).collect()
    }

    /// What would take them from a caller who acts as soon as anything does, after `from` and at the latest at
    /// `act`.
    pub fn first_takers(&self, from: usize, act: usize, what: Taken) -> Vec<usize> {
        let after = |place: usize| -> Vec<usize> {
            let place = self.settled(place, act);
            let takers = self.actions.iter().filter(|action| action.takes(what) && action.lives_after(place));
            takers.map(|action| action.began).collect()
        };
        let at_once = after(from);
        if !at_once.is_empty() {
            return at_once;
        }
        let later = self.actions.iter().filter(|action| action.takes(what) && action.began > from);
        later.map(|action| after(action.began)).find(|takers| !takers.is_empty()).unwrap_or_default()
    }

    /// What was spoken to the caller, with its place.
    pub fn spoken(&self) -> impl Iterator<Item = (usize, &'a str)> + '_ {
        self.entries.iter().enumerate().filter_map(|(place, entry)| match &entry.what {
            Happened::Seen(What::Heard { text, how: How::Tts, .. }) => Some((place, text.as_str())),
            _ => None,
        })
    }

    /// The payments.
    pub fn payments(&self) -> impl Iterator<Item = &Action<'a>> {
        self.actions.iter().filter(|action| action.method == "calling.pay")
    }
}
