//! The way from a socket's task to the desk.
//!
//! It carries; it never waits for an answer longer than the desk lives.

use super::desk::{Order, Outbox, Room, Word};
use crate::sim::link::LinkId;
use tokio::sync::{mpsc, oneshot};

/// How many orders may wait for the desk; a task with one more waits itself.
const QUEUE: usize = 1024;

/// Hands orders to a [`super::Desk`]. Cheap to clone, and usable on any thread.
#[derive(Clone, Debug)]
pub struct Door(mpsc::Sender<Order>);

impl Door {
    pub(super) fn new() -> (Self, mpsc::Receiver<Order>) {
        let (sender, orders) = mpsc::channel(QUEUE);
        (Self(sender), orders)
    }

    /// Does something in the room and gives what came of it; `None` when there is no desk any more.
    pub async fn ask<T: Send + 'static>(
        &self,
        wish: impl FnOnce(&mut Room<'_>) -> T + Send + 'static,
    ) -> Option<T> {
        let (tell, told) = oneshot::channel();
        let wish = Box::new(move |room: &mut Room<'_>| {
            // Whoever asked may have gone; what was asked is done all the same.
            let _ = tell.send(wish(room));
        });
        self.send(Word::Wish(wish)).await.then_some(())?;
        told.await.ok()
    }

    /// A RELAY client's socket opened; its link.
    pub(super) async fn open(&self, outbox: Outbox) -> Option<LinkId> {
        let (tell, told) = oneshot::channel();
        self.send(Word::Opened { outbox, tell }).await.then_some(())?;
        told.await.ok()
    }

    /// Hands a word in; false when there is no desk any more.
    pub(super) async fn send(&self, word: Word) -> bool {
        self.0.send(Order(word)).await.is_ok()
    }
}
