//! `call`: one simulated call, its timeline on stdout. No socket, no account.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;

use super::args::{CallArgs, PayOutcome as Payment};
use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::{Invocation, LogHabit};
use super::outside::Asking;
use super::reload::Loader;
use super::saving;
use super::scripts::{ScriptArg, Scripts};
use super::softphone;
use super::timeline::Timeline;
use crate::config::LogFormat;
use crate::relay::Time;
use crate::report::Report;
use crate::sim::{CallPlan, Card, InboundCall, PayOutcome, PeerOptions};
use crate::testing::save::save;
use crate::testing::{Entry, Happened, Pace, Simulation, Stage};

/// Who calls when nothing else is said.
pub const FROM: &str = "+15551110000";
/// Who is called when nothing else is said.
pub const TO: &str = "+15552220000";
/// The longest call, in simulated time.
const LONGEST: Duration = Duration::from_secs(3600);
/// How long the caller stays on a line on which nothing will happen any more.
const PATIENCE: Duration = Duration::from_secs(60);

/// See the module.
pub fn call(args: &CallArgs, invocation: &Invocation) -> Result<ExitCode, Failure> {
    let format = invocation.start_log(LogHabit::Calm)?;
    let card = args.card().map_err(Failure::Card)?;
    if let Some(card) = &card {
        invocation.report.redactor().add(&card.number);
    }
    let limits = invocation.limits()?;
    let Some(scripts) = load(&args.file, invocation, format)? else { return Ok(ExitCode::Compile) };
    let contexts = vec![args.context.clone()];
    let stage = Stage { scripts, contexts, limits, max_calls: 1, seed: 1 };
    let speed = args.speed.unwrap_or(1.0);
    let peer =
        PeerOptions { outside: args.outside(), epoch: softphone::now(), speed, ..PeerOptions::default() };
    let mut simulation = Simulation::on_peer(stage, peer);
    simulation.line.peer().set_pay_outcome(pay_outcome(args.pay));
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let pace = args.speed.map_or(Pace::Virtual, Pace::real);
        let call_id = simulation.dial(inbound(args, card));
        let show = Show { report: &invocation.report, json: args.json, timeline: Timeline::default() };
        let watch_idle = args.hang_up_after.is_none();
        let (asking, idle_since, failed) = (Asking::default(), None, false);
        let story = args.save_test.is_some().then(Vec::new);
        let mut conversation =
            Conversation { simulation, show, pace, asking, call_id, watch_idle, idle_since, failed, story };
        let code = conversation.run().await?;
        if let Some(path) = &args.save_test {
            conversation.save(path)?;
        }
        Ok(code)
    })
}

fn load(
    file: &Path,
    invocation: &Invocation,
    format: LogFormat,
) -> Result<Option<crate::runtime::Scripts>, Failure> {
    let named = Scripts::new([ScriptArg { context: None, file: file.to_owned() }])?;
    Ok(Loader::new(Arc::clone(&invocation.report), format, 0, None).load(&named))
}

fn pay_outcome(outcome: Payment) -> PayOutcome {
    match outcome {
        Payment::ByCard => PayOutcome::ByCard,
        Payment::Approve => PayOutcome::Approve,
        Payment::Decline => PayOutcome::Decline,
        Payment::Timeout => PayOutcome::Timeout,
        Payment::Error => PayOutcome::Error,
    }
}

fn inbound(args: &CallArgs, card: Option<Card>) -> InboundCall {
    InboundCall {
        from: args.from.clone().unwrap_or_else(|| FROM.to_owned()),
        to: args.to.clone().unwrap_or_else(|| TO.to_owned()),
        context: args.context.clone(),
        plan: CallPlan {
            actions: args.press.clone().unwrap_or_default().0,
            hang_up_after: args.hang_up_after,
            card,
            ..CallPlan::default()
        },
        ..InboundCall::default()
    }
}

/// Where the timeline goes.
pub struct Show<'a> {
    /// The outputs.
    pub report: &'a Report,
    /// Whether it goes there as data.
    pub json: bool,
    /// What is known of the calls.
    pub timeline: Timeline,
}

impl Show<'_> {
    /// Shows one thing that happened; true if a script failed.
    pub fn tell(&mut self, entry: &Entry) -> Result<bool, Failure> {
        self.timeline.note(entry);
        if self.json {
            // Of each wait the verb and its events tell as much.
            let is_wait = matches!(entry.what, Happened::Waits { .. });
            let data = self.timeline.data(entry).filter(|_| !is_wait);
            data.map_or(Ok(()), |data| self.report.json(&data)).map_err(Failure::Output)?;
        } else if let Some(line) = self.timeline.line(entry) {
            self.report.line(line).map_err(Failure::Output)?;
        }
        let Happened::Failed { fault, sources } = &entry.what else { return Ok(false) };
        self.report.drawn(&fault.render(sources, self.report.color()));
        Ok(true)
    }
}

/// The call, from its beginning to its end.
struct Conversation<'a> {
    simulation: Simulation,
    show: Show<'a>,
    pace: Pace,
    asking: Asking,
    call_id: String,
    /// Whether a script that ended without a hangup is noticed; a planned hangup makes it right.
    watch_idle: bool,
    idle_since: Option<Time>,
    failed: bool,
    /// Everything that happened, if the call is to be saved.
    story: Option<Vec<Entry>>,
}

impl Conversation<'_> {
    async fn run(&mut self) -> Result<ExitCode, Failure> {
        loop {
            self.tell_news()?;
            if self.simulation.line.shard().live() == 0 {
                self.asking.finish(&mut self.simulation).await;
                return Ok(if self.failed { ExitCode::Failed } else { ExitCode::Ok });
            }
            if self.simulation.now() >= LONGEST {
                self.give_up();
                return Ok(ExitCode::Failed);
            }
            self.notice_idleness();
            let due = self.next_stop();
            self.asking.pass_time(&mut self.simulation, self.pace, due).await;
        }
    }

    /// Shows what happened since the last time.
    fn tell_news(&mut self) -> Result<(), Failure> {
        for entry in self.simulation.journal.take() {
            self.failed |= self.show.tell(&entry)?;
            if let Some(story) = &mut self.story {
                story.push(entry);
            }
        }
        Ok(())
    }

    /// Adds the call to a test file.
    fn save(&self, path: &Path) -> Result<(), Failure> {
        let report = self.show.report;
        let Some(saved) = save(self.story.as_deref().unwrap_or_default(), &self.call_id) else {
            report.warn("no script had the call, so there is nothing to save");
            return Ok(());
        };
        let added = saving::add(saved, path)?;
        report.status(added.status());
        if let Some(warning) = added.warning() {
            report.warn(warning);
        }
        Ok(())
    }

    /// When something happens, or the caller or we have had enough.
    fn next_stop(&self) -> Time {
        let enough = self.idle_since.map(|since| since + PATIENCE);
        [self.simulation.line.next_due(), enough].into_iter().flatten().min().unwrap_or(LONGEST).min(LONGEST)
    }

    /// A caller does not stay for ever on a line on which nothing can happen any more.
    fn notice_idleness(&mut self) {
        let connected = self.show.timeline.is_connected(&self.call_id);
        if !self.watch_idle || !(connected || self.simulation.is_idle(&self.call_id)) {
            self.idle_since = None;
            return;
        }
        let now = self.simulation.now();
        let since = *self.idle_since.get_or_insert(now);
        if now < since + PATIENCE {
            return;
        }
        (self.watch_idle, self.idle_since) = (false, None);
        self.simulation.hang_up(&self.call_id);
        let seconds = PATIENCE.as_secs();
        self.show.report.note(if connected {
            format!("the caller talked for {seconds} s and hung up")
        } else {
            format!(
                "the script ended without hanging up, so the caller hung up after {seconds} s of nothing; \
                 end it with call.hangup()"
            )
        });
    }

    fn give_up(&self) {
        let minutes = LONGEST.as_secs() / 60;
        let waits = match self.show.timeline.last_verb() {
            Some((at, verb)) => {
                format!("the script still runs; its last verb was {verb} at {:.1} s", at.as_secs_f64())
            }
            None => "the script still runs and has used no verb".to_owned(),
        };
        self.show.report.warn(format!("the call did not end within {minutes} simulated minutes: {waits}"));
        self.show
            .report
            .note("a wait can be given a limit: wait(seconds); --hang-up-after ends the call from outside");
    }
}
