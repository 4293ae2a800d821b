//! `sim`: the simulator alone, for any RELAY client, and its API and page over HTTP.
//!
//! It runs no script. What happens on calls is the peer's matter, and who gets in is the server's.

pub mod args;
mod exchange;
mod listening;
mod load;
mod reactions;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::Instant;

use self::args::SimArgs;
use self::exchange::Exchange;
use self::listening::Listening;
use self::load::Load;
use super::call::{FROM, TO};
use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::{Invocation, LogHabit};
use super::softphone::{self, Board};
use super::timeline::Timeline;
use crate::config::Secret;
use crate::relay::Time;
use crate::report::Report;
use crate::shutdown::{Request, Requests};
use crate::sim::server::{Crossing, Desk, Hello, Order};
use crate::sim::{Observation, Outside, Peer, PeerOptions};
use crate::testing::{Entry, Happened, Pace};

/// How often clients are pinged, in real time: some give up on a server that is quiet for 15 s.
const PING: Duration = Duration::from_secs(10);
/// How many orders are carried out before frames are written.
const AT_ONCE: usize = 256;

/// See the module.
pub fn sim(args: &SimArgs, invocation: &Invocation) -> Result<ExitCode, Failure> {
    invocation.start_log(LogHabit::Calm)?;
    let report = &*invocation.report;
    let options = options(args, invocation)?;
    let load = Load::read(&args.load)?;
    let redactor = Arc::clone(report.redactor());
    let (mut desk, door) = Desk::open(Box::new(move |line| redactor.mask_json(line).into_owned()));
    Hello { mode: "sim", contexts: &[], from: FROM, to: TO, speed: args.speed }.keep(&mut desk.feed);
    let exchange = tap(args, report, load.as_ref(), &mut desk)?;
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let requests = Requests::listen()?;
        let listening = Listening::begin(args).await?;
        listening.announce(args, report)?;
        let peer = Peer::new(PeerOptions { base_url: listening.base_url(), ..options });
        listening.serve(&door);
        let office = Office {
            peer,
            desk,
            pace: Pace::real(args.speed),
            now: Time::ZERO,
            timeline: Timeline::of_many(),
            board: Board::new(Arc::clone(report.redactor())),
            report,
            json: args.json,
            load,
            load_began: None,
            exchange,
        };
        office.run(requests).await
    })
}

fn options(args: &SimArgs, invocation: &Invocation) -> Result<PeerOptions, Failure> {
    // The environment's token counts where its project is asked for; else it may be of a real account.
    let token = match &args.token {
        None if args.project.is_some() => invocation.sources.token()?,
        token => token.clone(),
    };
    if let Some(token) = &token {
        invocation.report.redactor().add(token.expose());
    }
    Ok(PeerOptions {
        project: args.project.clone(),
        token: token.as_ref().map(Secret::expose).map(str::to_owned),
        seed: fastrand::u64(..),
        ping_every: Some(PING.mul_f64(args.speed)),
        outside: if args.allow_remote { Outside::Everything } else { Outside::ThisMachine },
        epoch: softphone::now(),
        speed: args.speed,
        ..PeerOptions::default()
    })
}

/// Lets the recording and the load see every frame.
fn tap(
    args: &SimArgs,
    report: &Report,
    load: Option<&Load>,
    desk: &mut Desk,
) -> Result<Option<Rc<RefCell<Exchange>>>, Failure> {
    let begin = |path: &std::path::PathBuf| {
        let begun = Exchange::begin(path, Arc::clone(report.redactor()));
        begun.map_err(|source| Failure::Write { path: path.clone(), source })
    };
    let exchange = args.record.as_ref().map(begin).transpose()?.map(RefCell::new).map(Rc::new);
    let reactions = load.map(|load| Rc::clone(&load.reactions));
    let (began, taken_down) = (Instant::now(), exchange.clone());
    if exchange.is_some() || reactions.is_some() {
        desk.tap_frames(Box::new(move |crossing: Crossing<'_>| {
            if let Some(exchange) = &taken_down {
                exchange.borrow_mut().note(crossing);
            }
            if let Some(reactions) = &reactions {
                reactions.borrow_mut().note(began.elapsed(), crossing.from_client, crossing.frame);
            }
        }));
    }
    Ok(exchange)
}

/// The peer, and everything that reaches it.
struct Office<'a> {
    peer: Peer,
    desk: Desk,
    pace: Pace,
    now: Time,
    timeline: Timeline,
    board: Board,
    report: &'a Report,
    json: bool,
    load: Option<Load>,
    load_began: Option<Instant>,
    exchange: Option<Rc<RefCell<Exchange>>>,
}

impl Office<'_> {
    async fn run(mut self, mut requests: Requests) -> Result<ExitCode, Failure> {
        if let Some(load) = &self.load {
            self.report
                .status(format!("waiting for a client that takes calls of context {}", load.context()));
        }
        loop {
            self.settle()?;
            if self.load.as_ref().is_some_and(Load::is_over) {
                break;
            }
            let limit = self.load.as_ref().and_then(Load::next_due);
            let due = [self.peer.next_due(), limit].into_iter().flatten().min();
            let order = tokio::select! {
                request = requests.next() => match request {
                    Request::Reload => None,
                    Request::Drain | Request::Stop => break,
                },
                order = self.desk.next() => Some(order),
                () = self.pace.until_due(due, self.now) => None,
            };
            self.now = self.pace.now(self.now);
            self.peer.advance(self.now);
            self.carry_out(order);
        }
        let code = self.summary()?;
        self.desk.farewell().await;
        Ok(code)
    }

    /// Carries out an order and those that wait behind it.
    fn carry_out(&mut self, first: Option<Order>) {
        let mut next = first;
        for _ in 0..AT_ONCE {
            let Some(order) = next else { return };
            self.desk.carry_out(self.now, &mut self.peer, order);
            next = self.desk.try_next();
        }
        if let Some(order) = next {
            self.desk.carry_out(self.now, &mut self.peer, order);
        }
    }

    /// Until nothing more happens at this time.
    fn settle(&mut self) -> Result<(), Failure> {
        self.step()?;
        // Calls that ended make room for others at once.
        while self.load.as_ref().is_some_and(Load::has_room) {
            self.step()?;
        }
        Ok(())
    }

    /// Places calls, and hands on what happened: to clients, to pages, onto the terminal.
    fn step(&mut self) -> Result<(), Failure> {
        if let Some(load) = &mut self.load {
            load.advance(self.now, &mut self.peer);
            if load.has_begun() {
                self.load_began.get_or_insert_with(Instant::now);
            }
        }
        self.desk.pass_on(self.now, &mut self.peer);
        self.desk.run_errands(&mut self.peer);
        for seen in self.peer.take_observations() {
            self.desk.note(seen.at, seen.call_id.as_deref(), &seen.what);
            match &mut self.load {
                Some(load) => load.see(seen.call_id.as_deref(), &seen.what),
                None => self.tell(seen)?,
            }
        }
        let lost = self.exchange.as_ref().and_then(|exchange| exchange.borrow_mut().flush());
        if let Some(error) = lost {
            self.report.warning(&error, ["the recording ends here; the calls go on"]);
        }
        Ok(())
    }

    fn tell(&mut self, seen: Observation) -> Result<(), Failure> {
        let what = Happened::Seen(seen.what);
        let entry = Entry { at: seen.at, call_id: seen.call_id, place: None, what };
        self.timeline.note(&entry);
        self.board.happened(&mut self.desk.feed, &self.timeline, &entry);
        let printed = if self.json {
            self.timeline.data(&entry).map_or(Ok(()), |data| self.report.json(&data))
        } else {
            self.timeline.line(&entry).map_or(Ok(()), |line| self.report.line(line))
        };
        printed.map_err(Failure::Output)
    }

    /// Prints how a load went.
    fn summary(&self) -> Result<ExitCode, Failure> {
        let Some(load) = &self.load else { return Ok(ExitCode::Ok) };
        let report = load.report(self.load_began.map_or(Duration::ZERO, |began| began.elapsed()));
        if self.json {
            self.report.json(&report.json()).map_err(Failure::Output)?;
        } else {
            for line in report.lines() {
                self.report.line(line).map_err(Failure::Output)?;
            }
        }
        Ok(match (report.lost, load.live()) {
            (1.., _) => ExitCode::Failed,
            (0, 1..) => ExitCode::Interrupted,
            (0, 0) => ExitCode::Ok,
        })
    }
}
