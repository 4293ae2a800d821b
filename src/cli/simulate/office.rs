//! What comes from outside, and what happens on the calls: one loop, one thread.
//!
//! It decides nothing about a call: the script, the peer and whoever calls do.

use std::error::Error;
use std::path::Path;
use std::rc::Rc;

use tokio::sync::mpsc::UnboundedReceiver;

use super::keyboard::{Asked, Keyboard};
use super::memory::Memory;
use super::news::News;
use crate::cli::call::{FROM, Show, TO};
use crate::cli::exit::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::press::Press;
use crate::cli::reload::Loader;
use crate::cli::saving::{self, Added};
use crate::cli::softphone::Board;
use crate::report::Report;
use crate::shutdown::{Request, Requests};
use crate::sim::InboundCall;
use crate::sim::server::{Desk, Order};
use crate::testing::save::save;
use crate::testing::{Happened, Pace, Simulation};

/// What can be asked for at the keyboard.
const HELP: &str = "c call, with a test card at hand; o open the page; r reload; q quit";
/// The same, where lines are read.
const HELP_FOR_LINES: &str = "Enter or c calls, with a test card at hand; 1,wait 2,42# calls and presses \
                              these keys; o opens the page; r reloads; q quits";

/// See the module.
pub struct Office<'a> {
    /// The calls.
    pub simulation: Simulation,
    /// Who reaches them from a browser, and what browsers are told.
    pub desk: Desk,
    /// Writes to them.
    pub board: Board,
    /// The terminal.
    pub show: Show<'a>,
    /// The scripts.
    pub loader: Loader,
    /// What became of them.
    pub news: Rc<News>,
    /// What happened on the latest calls.
    pub memory: Memory,
    /// How fast time runs.
    pub pace: Pace,
    /// The context of the keyboard's calls.
    pub context: String,
    /// The page's address, if there is a page.
    pub page: Option<String>,
}

impl Office<'_> {
    /// Goes on until somebody ends it.
    pub async fn run(
        mut self,
        mut changes: UnboundedReceiver<()>,
        mut keyboard: Keyboard,
    ) -> Result<ExitCode, Failure> {
        let mut requests = Requests::listen()?;
        loop {
            self.catch_up();
            self.tell()?;
            let (due, now) = (self.simulation.line.next_due(), self.simulation.now());
            tokio::select! {
                request = requests.next() => match request {
                    Request::Reload => self.reload(),
                    Request::Drain | Request::Stop => return Ok(ExitCode::Ok),
                },
                Some(()) = changes.recv() => self.reload(),
                asked = keyboard.next() => {
                    if asked == Asked::Quit {
                        return Ok(ExitCode::Ok);
                    }
                    self.answer(asked, keyboard.by_key());
                }
                order = self.desk.next() => self.carry_out(order),
                () = self.pace.until_due(due, now) => {}
            }
        }
    }

    /// What is done now happens now, not when something was last due.
    fn catch_up(&mut self) {
        self.simulation.line.advance_to(self.pace.now(self.simulation.now()));
    }

    /// What happened goes to the terminal, to the pages, and out for what calls ask of the world.
    fn tell(&mut self) -> Result<(), Failure> {
        self.desk.run_errands(self.simulation.line.peer());
        self.news.tell(&self.board, &mut self.desk.feed);
        for entry in self.simulation.journal.take() {
            self.show.tell(&entry)?;
            self.board.happened(&mut self.desk.feed, &self.show.timeline, &entry);
            if let Happened::Seen(what) = &entry.what {
                self.desk.note(entry.at, entry.call_id.as_deref(), what);
            }
            self.memory.keep(entry);
        }
        Ok(())
    }

    fn carry_out(&mut self, order: Order) {
        self.catch_up();
        let now = self.simulation.now();
        self.desk.carry_out(now, self.simulation.line.peer(), order);
        self.simulation.line.settle();
        for wish in self.desk.take_saves() {
            let outcome = self.save(&wish.call_id);
            match &outcome {
                Ok(added) => self.show.report.status(added.status()),
                Err(error) => self.show.report.warning(error.as_ref(), [] as [&str; 0]),
            }
            self.desk.answer(&wish, self.board.saved(&wish, &outcome));
        }
    }

    /// Adds a call that is over to the test file beside its script.
    fn save(&self, call_id: &str) -> Result<Added, Box<dyn Error>> {
        let saved = save(self.memory.of(call_id)?, call_id).ok_or("no script had the call")?;
        let libraries = self.simulation.line.shard().scripts().libraries();
        let mut paths = libraries.map(|library| library.borrow().path().to_owned());
        let script = paths.find(|path| *path == Path::new(&saved.script)).ok_or("its script is gone")?;
        Ok(saving::add(saved, &saving::beside(&script))?)
    }

    fn answer(&mut self, asked: Asked, by_key: bool) {
        let report = self.show.report;
        match (asked, &self.page) {
            (Asked::Call(press), _) => self.call(&press),
            (Asked::Reload, _) => {
                report.status("looking at the scripts again");
                self.reload();
            }
            (Asked::Page, Some(page)) => open_page(report, page),
            (Asked::Page, None) => report.note("no page is served: leave out --no-page"),
            (Asked::Nonsense(error), _) => report.warning(&error, [HELP_FOR_LINES]),
            (Asked::Help | Asked::Quit, _) => report.note(if by_key { HELP } else { HELP_FOR_LINES }),
        }
    }

    fn reload(&mut self) {
        self.loader.reload(self.simulation.line.shard().scripts());
    }

    fn call(&mut self, press: &Press) {
        self.catch_up();
        self.simulation.dial(InboundCall {
            from: FROM.to_owned(),
            to: TO.to_owned(),
            context: self.context.clone(),
            plan: press.clone().plan(),
            ..InboundCall::default()
        });
    }
}

/// Opens the page in the browser of whoever sits here.
pub fn open_page(report: &Report, page: &str) {
    match open::that_detached(page) {
        Ok(()) => report.status(format!("opening {page}")),
        Err(error) => report.warning(&error, [format!("open {page} yourself")]),
    }
}
