//! `sim`: the simulator alone, for any RELAY client, and its API and page over HTTP.
//!
//! It runs no script. What happens on calls is the peer's matter, and who gets in is the server's.

pub mod args;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;

use self::args::SimArgs;
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
use crate::sim::server::{Desk, Entrance, Hello, House, Order};
use crate::sim::{Outside, Peer, PeerOptions};
use crate::testing::{Entry, Happened, Pace};

/// Where it listens when nothing is said.
const PORT: u16 = 4455;
/// How often clients are pinged, in real time: some give up on a server that is quiet for 15 s.
const PING: Duration = Duration::from_secs(10);
/// How many orders are carried out before frames are written.
const AT_ONCE: usize = 256;

/// See the module.
pub fn sim(args: &SimArgs, invocation: &Invocation) -> Result<ExitCode, Failure> {
    invocation.start_log(LogHabit::Calm)?;
    let report = Arc::clone(&invocation.report);
    let redactor = Arc::clone(report.redactor());
    if let Some(token) = &args.token {
        redactor.add(token.expose());
    }
    let (mut desk, door) = Desk::open(Box::new(move |line| redactor.mask_json(line).into_owned()));
    Hello { mode: "sim", contexts: &[], from: FROM, to: TO, speed: args.speed }.keep(&mut desk.feed);
    let peer = Peer::new(options(args));
    Builder::new_current_thread().enable_all().build()?.block_on(async move {
        let entrance = open(args.listen).await?;
        let address = entrance.address();
        report.status(format!("listening on ws://{address} and http://{address}"));
        entrance.serve(House { door, relay: true });
        let board = Board::new(Arc::clone(report.redactor()));
        let pace = Pace::real(args.speed);
        Office { peer, desk, pace, now: Time::ZERO, timeline: Timeline::of_many(), board, report: &report }
            .run()
            .await
    })
}

fn options(args: &SimArgs) -> PeerOptions {
    PeerOptions {
        project: args.project.clone(),
        token: args.token.as_ref().map(Secret::expose).map(str::to_owned),
        seed: fastrand::u64(..),
        ping_every: Some(PING.mul_f64(args.speed)),
        outside: if args.allow_remote { Outside::Everything } else { Outside::ThisMachine },
        epoch: softphone::now(),
        ..PeerOptions::default()
    }
}

/// The address that was asked for, or the usual one, or any.
async fn open(asked: Option<SocketAddr>) -> Result<Entrance, Failure> {
    let listen = |address, source| Failure::Listen { address, source };
    if let Some(address) = asked {
        return Entrance::open(address).await.map_err(|source| listen(address, source));
    }
    let usual = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT);
    match Entrance::open(usual).await {
        Ok(entrance) => Ok(entrance),
        Err(_) => {
            let any = SocketAddr::new(usual.ip(), 0);
            Entrance::open(any).await.map_err(|source| listen(any, source))
        }
    }
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
}

impl Office<'_> {
    async fn run(mut self) -> Result<ExitCode, Failure> {
        let mut requests = Requests::listen()?;
        loop {
            self.pass_on()?;
            let due = self.peer.next_due();
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
        self.desk.farewell().await;
        Ok(ExitCode::Ok)
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

    /// What happened goes to clients, to pages and onto the terminal.
    fn pass_on(&mut self) -> Result<(), Failure> {
        self.desk.pass_on(self.now, &mut self.peer);
        self.desk.run_errands(&mut self.peer);
        for seen in self.peer.take_observations() {
            self.desk.note(seen.at, seen.call_id.as_deref(), &seen.what);
            let entry =
                Entry { at: seen.at, call_id: seen.call_id, place: None, what: Happened::Seen(seen.what) };
            self.timeline.note(&entry);
            self.board.happened(&mut self.desk.feed, &self.timeline, &entry);
            if let Some(line) = self.timeline.line(&entry) {
                self.report.line(line).map_err(Failure::Output)?;
            }
        }
        Ok(())
    }
}
