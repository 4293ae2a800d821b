//! `run` without credentials: calls are simulated in this process, by the real clock.
//!
//! Each line on stdin is a call.

use std::sync::Arc;

use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::call::{FROM, Show, TO};
use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::Invocation;
use super::outside::Asking;
use super::press::Press;
use super::reload::Loader;
use super::scripts::Scripts;
use super::timeline::Timeline;
use crate::config::{Config, LogFormat};
use crate::shutdown::{Request, Requests};
use crate::sim::{InboundCall, Outside};
use crate::testing::{Pace, Simulation, Stage};
use crate::watch::Watcher;

/// See the module.
pub fn simulate(invocation: &Invocation, config: &Config, scripts: &Scripts) -> Result<ExitCode, Failure> {
    let assigned = scripts.assign(invocation.sources.contexts()?.as_deref())?;
    let contexts: Vec<String> = assigned.into_iter().map(|(context, _)| context).collect();
    let context = contexts.first().cloned().unwrap_or_default();
    let (changed, changes) = unbounded_channel();
    // With nobody listening the program is ending.
    let watcher = Arc::new(Watcher::start(move || {
        let _ = changed.send(());
    })?);
    let report = Arc::clone(&invocation.report);
    let mut loader = Loader::new(Arc::clone(&report), LogFormat::Text, 0, Some(watcher));
    let Some(scripts) = loader.load(scripts) else { return Ok(ExitCode::Compile) };
    let limits = invocation.limits()?;
    let max_calls = config.max_active_calls;
    let stage = Stage {
        scripts,
        contexts,
        limits,
        max_calls,
        seed: fastrand::u64(..),
        outside: Outside::ThisMachine,
    };
    let show = Show { report: &report, json: false, timeline: Timeline::of_many() };
    let office =
        Office { simulation: Simulation::new(stage), show, loader, context, asking: Asking::default() };
    report.status("no credentials set: calls are simulated; press Enter to call");
    Builder::new_current_thread().enable_all().build()?.block_on(office.run(changes, read_lines()))
}

/// The lines of stdin, read on a thread of their own: reading cannot be interrupted.
fn read_lines() -> UnboundedReceiver<String> {
    let (sender, lines): (UnboundedSender<String>, _) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// What comes from outside, and what happens on the calls.
struct Office<'a> {
    simulation: Simulation,
    show: Show<'a>,
    loader: Loader,
    context: String,
    asking: Asking,
}

impl Office<'_> {
    async fn run(
        mut self,
        mut changes: UnboundedReceiver<()>,
        mut lines: UnboundedReceiver<String>,
    ) -> Result<ExitCode, Failure> {
        let mut requests = Requests::listen()?;
        let pace = Pace::real(1.0);
        loop {
            self.simulation.line.advance_to(pace.now(self.simulation.now()));
            self.show.news(&self.simulation)?;
            self.asking.begin(&mut self.simulation);
            let (due, now) = (self.simulation.line.next_due(), self.simulation.now());
            tokio::select! {
                request = requests.next() => match request {
                    Request::Reload => self.reload(),
                    Request::Drain | Request::Stop => return Ok(ExitCode::Ok),
                },
                Some(()) = changes.recv() => self.reload(),
                Some(line) = lines.recv() => {
                    // The call begins now, not when something was last due.
                    self.simulation.line.advance_to(pace.now(self.simulation.now()));
                    self.dial(&line);
                }
                (id, answer) = self.asking.next() => {
                    self.simulation.line.advance_to(pace.now(self.simulation.now()));
                    self.simulation.answer(id, &answer);
                }
                () = pace.until_due(due, now) => {}
            }
        }
    }

    fn reload(&mut self) {
        self.loader.reload(self.simulation.line.shard().scripts());
    }

    /// A call; keys on the line are what its caller presses.
    fn dial(&mut self, line: &str) {
        let press = match line.trim() {
            "" => Press::default(),
            keys => match keys.parse() {
                Ok(press) => press,
                Err(error) => {
                    return self
                        .show
                        .report
                        .warning(&error, ["Enter alone calls; 1,wait 2,42# presses keys too"]);
                }
            },
        };
        self.simulation.dial(InboundCall {
            from: FROM.to_owned(),
            to: TO.to_owned(),
            context: self.context.clone(),
            plan: press.plan(),
            ..InboundCall::default()
        });
    }
}
