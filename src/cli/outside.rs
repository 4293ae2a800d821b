//! Does what simulated calls ask of the world outside: posts to payment connectors and status URLs.
//!
//! It decides nothing: which addresses may be reached at all is the peer's matter.

use std::pin::Pin;

use futures_util::StreamExt;
use futures_util::future::pending;
use futures_util::stream::FuturesUnordered;

use crate::relay::Time;
use crate::sim::server::Errands;
use crate::sim::{Answer, Ask, AskId};
use crate::testing::{Pace, Simulation};

type Request = Pin<Box<dyn Future<Output = (AskId, Answer)>>>;

/// What was asked and is not answered yet. What is dropped is not asked any more.
#[derive(Default)]
pub struct Asking {
    errands: Errands,
    running: FuturesUnordered<Request>,
}

impl Asking {
    /// Begins what calls have asked for since the last time.
    pub fn begin(&mut self, simulation: &mut Simulation) {
        for Ask { id, what, .. } in simulation.line.peer().take_asks() {
            let errands = self.errands.clone();
            self.running.push(Box::pin(async move { (id, errands.fetch(what).await) }));
        }
    }

    /// The next answer; it never comes when nothing is asked. Nothing is lost when it is dropped before its end.
    pub async fn next(&mut self) -> (AskId, Answer) {
        match self.running.next().await {
            Some(answer) => answer,
            None => pending().await,
        }
    }

    /// Lets time pass until it is `due`, or until an answer comes, and tells the simulation. The virtual clock
    /// stands still while an answer is to come; the real one does not.
    pub async fn pass_time(&mut self, simulation: &mut Simulation, pace: Pace, due: Time) {
        self.begin(simulation);
        let asked = !self.running.is_empty();
        let stands = asked && matches!(pace, Pace::Virtual);
        tokio::select! {
            (id, answer) = self.next(), if asked => {
                simulation.line.advance_to(pace.now(simulation.now()));
                simulation.answer(id, &answer);
            }
            () = pace.reach(due), if !stands => simulation.line.advance_to(due),
        }
    }

    /// Waits for the last answers. Requests have time limits of their own.
    pub async fn finish(&mut self, simulation: &mut Simulation) {
        self.begin(simulation);
        while let Some((id, answer)) = self.running.next().await {
            simulation.answer(id, &answer);
            self.begin(simulation);
        }
    }
}
