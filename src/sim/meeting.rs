//! What a call does where calls meet: it joins, waits and leaves.
//!
//! Never keeps who is where: `gathering` does.

use super::effects::{Effect, Effects};
use super::frames::{Failure, Fields, fields};
use super::gathering::Entrance;
use super::line::Line;
use super::observe::{How, What};
use super::params::Params;
use super::timing;
use serde_json::{Value, json};

/// The most participants of a conference that does not say (*assumed*).
const MOST: usize = 100_000;

impl Line {
    pub(super) fn join_conference(
        &mut self,
        params: Params<'_>,
        fx: &mut Effects<'_>,
    ) -> Result<Fields, Failure> {
        let most = params.get("max_participants").and_then(Value::as_u64);
        let entrance = Entrance {
            starts: params.flag("start_on_enter", true)?,
            ends: params.flag("end_on_exit", false)?,
            most: most.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST),
        };
        let id = fx.ids.uuid();
        let joined = fx.gatherings.join(params.text("name")?, &self.ids, entrance, id)?;
        fx.list.extend(joined.told.into_iter().map(Effect::Tell));
        if !joined.started
            && let Some(url) = params.optional_text("wait_url")?
        {
            fx.observe(What::Heard { text: url.to_owned(), how: How::Audio, length: timing::AUDIO });
        }
        Ok(fields(json!({"conference_id": joined.conference_id})))
    }

    pub(super) fn leave_conference(
        &mut self,
        params: Params<'_>,
        fx: &mut Effects<'_>,
    ) -> Result<(), Failure> {
        let told = fx.gatherings.leave(&self.ids.call_id, params.text("conference_id")?)?;
        fx.list.extend(told.into_iter().map(Effect::Tell));
        Ok(())
    }

    pub(super) fn enter_queue(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<(), Failure> {
        let (control_id, name) = (params.text("control_id")?, params.text("queue_name")?);
        let id = fx.ids.uuid();
        let told = fx.gatherings.enqueue(name, &self.ids, control_id, id)?;
        fx.list.push(Effect::Tell(told));
        Ok(())
    }

    pub(super) fn leave_queue(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<(), Failure> {
        let (control_id, name) = (params.text("control_id")?, params.text("queue_name")?);
        let queue_id = params.optional_text("queue_id")?;
        let told = fx.gatherings.dequeue(name, queue_id, &self.ids, control_id)?;
        fx.list.push(Effect::Tell(told));
        Ok(())
    }
}
