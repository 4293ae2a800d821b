//! `run` without credentials: calls are simulated in this process, by the real clock, and a page in the
//! browser makes them.

pub mod keyboard;
mod memory;
mod news;
mod office;

use std::rc::Rc;
use std::sync::Arc;

use clap::Args;
use tokio::runtime::Builder;
use tokio::sync::mpsc::unbounded_channel;

use super::args::parse_speed;
use super::call::{FROM, Show, TO};
use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::Invocation;
use super::reload::Loader;
use super::scripts::Scripts;
use super::softphone::{self, Board};
use super::timeline::Timeline;
use crate::config::{Config, LogFormat};
use crate::report::Report;
use crate::sim::server::{Desk, Door, Hello, House};
use crate::sim::{Outside, PeerOptions};
use crate::testing::{Pace, Simulation, Stage};
use crate::watch::Watcher;
use keyboard::Keyboard;
use memory::Memory;
use news::News;
use office::Office;

/// How calls are simulated; real ones do not ask.
#[derive(Debug, Args)]
#[command(next_help_heading = "Without credentials")]
pub struct SimulateArgs {
    /// Serve the page on this port [default: 4455, or a free one]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
    /// Serve no page
    #[arg(long, conflicts_with_all = ["port", "open"])]
    pub no_page: bool,
    /// Run FACTOR times as fast as real time
    #[arg(long, value_name = "FACTOR", value_parser = parse_speed, default_value = "1")]
    pub speed: f64,
    /// Let calls reach other machines: payment connectors, status callbacks, sound files
    #[arg(long)]
    pub allow_remote: bool,
}

impl SimulateArgs {
    /// Whether anything is said about simulated calls.
    pub fn is_asked_for(&self) -> bool {
        self.port.is_some() || self.open || self.no_page || self.allow_remote || self.speed != 1.0
    }
}

/// See the module.
pub fn simulate(
    args: &SimulateArgs,
    invocation: &Invocation,
    config: &Config,
    named: &Scripts,
) -> Result<ExitCode, Failure> {
    let assigned = named.assign(invocation.sources.contexts()?.as_deref())?;
    let contexts: Vec<String> = assigned.iter().map(|(context, _)| context.clone()).collect();
    let (changed, changes) = unbounded_channel();
    // With nobody listening the program is ending.
    let watcher = Arc::new(Watcher::start(move || {
        let _ = changed.send(());
    })?);
    let report = Arc::clone(&invocation.report);
    let news = Rc::new(News::new(assigned));
    let mut loader = Loader::new(Arc::clone(&report), LogFormat::Text, 0, Some(watcher));
    let Some(scripts) = loader.load(named) else { return Ok(ExitCode::Compile) };
    news.loaded(&scripts);
    let told = Rc::clone(&news);
    loader.listener = Some(Box::new(move |library, outcome| told.reloaded(library, outcome)));

    let redactor = Arc::clone(report.redactor());
    let (mut desk, door) = Desk::open(Box::new(move |line| redactor.mask_json(line).into_owned()));
    desk.offer_saves();
    Hello { mode: "run", contexts: &contexts, from: FROM, to: TO, speed: args.speed }.keep(&mut desk.feed);
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let page = serve(args, door).await?;
        let keyboard = Keyboard::listen();
        greet(args, &report, page.as_deref(), keyboard.by_key());
        let stage = Stage {
            scripts,
            contexts,
            limits: invocation.limits()?,
            max_calls: config.max_active_calls,
            seed: fastrand::u64(..),
        };
        Office {
            context: stage.contexts.first().cloned().unwrap_or_default(),
            simulation: Simulation::on_peer(stage, peer_options(args, page.as_deref())),
            board: Board::new(Arc::clone(report.redactor())),
            show: Show { report: &report, json: false, timeline: Timeline::of_many() },
            pace: Pace::real(args.speed),
            desk,
            loader,
            news,
            memory: Memory::default(),
            page,
        }
        .run(changes, keyboard)
        .await
    })
}

/// Serves the page; its address.
async fn serve(args: &SimulateArgs, door: Door) -> Result<Option<String>, Failure> {
    if args.no_page {
        return Ok(None);
    }
    let entrance = softphone::open(args.port).await?;
    let address = entrance.address();
    entrance.serve(House { door, relay: false });
    Ok(Some(format!("http://{address}")))
}

fn peer_options(args: &SimulateArgs, page: Option<&str>) -> PeerOptions {
    let options = PeerOptions::default();
    PeerOptions {
        base_url: page.map_or(options.base_url, str::to_owned),
        outside: if args.allow_remote { Outside::Everything } else { Outside::ThisMachine },
        epoch: softphone::now(),
        speed: args.speed,
        ..options
    }
}

fn greet(args: &SimulateArgs, report: &Report, page: Option<&str>, by_key: bool) {
    let key = if by_key { "press c" } else { "press Enter" };
    match page {
        Some(page) => report.status(format!("calls are simulated: open {page} or {key} to call")),
        None => report.status(format!("calls are simulated: {key} to call")),
    }
    if let Some(page) = page.filter(|_| args.open) {
        office::open_page(report, page);
    }
}
