//! Where calls meet: conferences, video rooms and queues.
//!
//! Never touches a call: it says what the calls in it are to be told. Calls of all sessions meet by name.

use super::frames::{Failure, Fields, fields};
use super::line::CallIds;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An event for one of the calls that met.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) call_id: String,
    pub(super) event_type: &'static str,
    pub(super) params: Fields,
}

fn told(ids: &CallIds, event_type: &'static str, rest: Value) -> Told {
    let mut params = ids.fields();
    params.append(&mut fields(rest));
    Told { call_id: ids.call_id.clone(), event_type, params }
}

/// How a call enters a conference.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entrance {
    pub(super) starts: bool,
    pub(super) ends: bool,
    /// The most participants; the first one's counts.
    pub(super) most: usize,
}

#[derive(Debug)]
struct Participant {
    ids: CallIds,
    ends: bool,
}

#[derive(Debug)]
struct Conference {
    id: String,
    name: String,
    started: bool,
    most: usize,
    participants: Vec<Participant>,
}

impl Conference {
    fn told(&self, ids: &CallIds, status: &str) -> Told {
        told(
            ids,
            "calling.conference",
            json!({"conference_id": self.id, "name": self.name, "status": status}),
        )
    }

    fn all_told(&self, status: &str) -> Vec<Told> {
        self.participants.iter().map(|participant| self.told(&participant.ids, status)).collect()
    }
}

#[derive(Debug)]
struct Queue {
    id: String,
    name: String,
    waiting: Vec<CallIds>,
}

/// What became of joining a conference.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) conference_id: String,
    pub(super) started: bool,
    pub(super) told: Vec<Told>,
}

/// All conferences, rooms and queues; those that nobody is in are gone.
#[derive(Debug, Default)]
pub(super) struct Gatherings {
    conferences: Vec<Conference>,
    queues: Vec<Queue>,
    rooms: BTreeMap<String, String>,
}

fn already(what: &str) -> Failure {
    Failure::Code("409".into(), format!("the call is in a {what} already"))
}

impl Gatherings {
    /// A call joins a conference, which begins to exist with the first one. `id` is for a new one.
    pub(super) fn join(
        &mut self,
        name: &str,
        ids: &CallIds,
        entrance: Entrance,
        id: String,
    ) -> Result<Joined, Failure> {
        if self.conference_of(&ids.call_id).is_some() {
            return Err(already("conference"));
        }
        let found = self.conferences.iter().position(|conference| conference.name == name);
        let index = found.unwrap_or_else(|| {
            let (name, most) = (name.to_owned(), entrance.most);
            self.conferences.push(Conference { id, name, started: false, most, participants: Vec::new() });
            self.conferences.len() - 1
        });
        let conference = &mut self.conferences[index];
        if conference.participants.len() >= conference.most {
            return Err(Failure::Code("409".into(), "the conference is full".into()));
        }
        conference.participants.push(Participant { ids: ids.clone(), ends: entrance.ends });
        let mut told = vec![conference.told(ids, "participant-join")];
        if entrance.starts && !conference.started {
            conference.started = true;
            told.append(&mut conference.all_told("conference-start"));
        }
        Ok(Joined { conference_id: conference.id.clone(), started: conference.started, told })
    }

    fn conference_of(&self, call_id: &str) -> Option<usize> {
        let is_in = |conference: &Conference| {
            conference.participants.iter().any(|participant| participant.ids.call_id == call_id)
        };
        self.conferences.iter().position(is_in)
    }

    /// A call leaves the conference with this id.
    pub(super) fn leave(&mut self, call_id: &str, conference_id: &str) -> Result<Vec<Told>, Failure> {
        match self.conference_of(call_id) {
            Some(index) if self.conferences[index].id == conference_id => Ok(self.leave_at(index, call_id)),
            _ => Err(Failure::not_found("the call is not in this conference")),
        }
    }

    /// The conference ends with the last participant, or with one who joined with `end_on_exit`.
    fn leave_at(&mut self, index: usize, call_id: &str) -> Vec<Told> {
        let conference = &mut self.conferences[index];
        let of_call = |participant: &Participant| participant.ids.call_id == call_id;
        let Some(at) = conference.participants.iter().position(of_call) else { return Vec::new() };
        let gone = conference.participants.remove(at);
        let mut told = vec![conference.told(&gone.ids, "participant-leave")];
        if gone.ends || conference.participants.is_empty() {
            told.push(conference.told(&gone.ids, "conference-end"));
            told.append(&mut conference.all_told("conference-end"));
            self.conferences.remove(index);
        }
        told
    }

    /// A call enters a room.
    pub(super) fn enter_room(&mut self, call_id: &str, name: &str) -> Result<(), Failure> {
        if self.rooms.contains_key(call_id) {
            return Err(already("room"));
        }
        self.rooms.insert(call_id.to_owned(), name.to_owned());
        Ok(())
    }

    pub(super) fn leave_room(&mut self, call_id: &str) -> Result<(), Failure> {
        let gone = self.rooms.remove(call_id);
        gone.map(|_| ()).ok_or_else(|| Failure::not_found("the call is in no room"))
    }

    /// A call goes to the end of a queue. `id` is for a new queue.
    pub(super) fn enqueue(
        &mut self,
        name: &str,
        ids: &CallIds,
        control_id: &str,
        id: String,
    ) -> Result<Told, Failure> {
        if self.queues.iter().any(|queue| queue.waiting.iter().any(|other| other.call_id == ids.call_id)) {
            return Err(already("queue"));
        }
        let found = self.queues.iter().position(|queue| queue.name == name);
        let index = found.unwrap_or_else(|| {
            self.queues.push(Queue { id, name: name.to_owned(), waiting: Vec::new() });
            self.queues.len() - 1
        });
        let queue = &mut self.queues[index];
        queue.waiting.push(ids.clone());
        Ok(queue_event(queue, ids, control_id, "enqueue", queue.waiting.len()))
    }

    /// A call leaves a queue; the calls behind it move up.
    pub(super) fn dequeue(
        &mut self,
        name: &str,
        queue_id: Option<&str>,
        ids: &CallIds,
        control_id: &str,
    ) -> Result<Told, Failure> {
        let is_meant = |queue: &Queue| queue.name == name && queue_id.is_none_or(|id| id == queue.id);
        let place = |queue: &Queue| queue.waiting.iter().position(|other| other.call_id == ids.call_id);
        let mut queues = self.queues.iter_mut().filter(|queue| is_meant(queue));
        let Some((queue, at)) = queues.find_map(|queue| place(queue).map(|at| (queue, at))) else {
            return Err(Failure::not_found("the call is not in this queue"));
        };
        queue.waiting.remove(at);
        let event = queue_event(queue, ids, control_id, "leave_queue", 0);
        self.queues.retain(|queue| !queue.waiting.is_empty());
        Ok(event)
    }

    /// A call is over: it is nowhere any more. Only others are told.
    pub(super) fn leave_all(&mut self, call_id: &str) -> Vec<Told> {
        self.rooms.remove(call_id);
        for queue in &mut self.queues {
            queue.waiting.retain(|other| other.call_id != call_id);
        }
        self.queues.retain(|queue| !queue.waiting.is_empty());
        let Some(index) = self.conference_of(call_id) else { return Vec::new() };
        let mut told = self.leave_at(index, call_id);
        told.retain(|event| event.call_id != call_id);
        told
    }
}

/// The words of `status` are *assumed*.
fn queue_event(queue: &Queue, ids: &CallIds, control_id: &str, status: &str, position: usize) -> Told {
    let rest = json!({
        "control_id": control_id, "status": status, "id": queue.id, "name": queue.name, "position": position,
        "size": queue.waiting.len(),
    });
    told(ids, "calling.call.queue", rest)
}
