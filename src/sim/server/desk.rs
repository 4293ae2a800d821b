//! The owner's side of the server: one order after another reaches the peer, and what the peer wants written
//! goes to the sockets.
//!
//! It owns no peer, reads no clock and opens nothing: whoever moves the peer passes both.

use super::door::Door;
use super::feed::{Feed, PageId};
use super::outside;
use super::records::{Mask, Records};
use crate::sim::link::LinkId;
use crate::sim::observe::What;
use crate::sim::outside::{Answer, AskId};
use crate::sim::peer::Peer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How many frames may wait for a RELAY client that does not read, before its socket is cut.
const UNREAD: usize = 10_000;
/// How long clients have to close their sockets at the end.
const FAREWELL: Duration = Duration::from_secs(1);

/// The frames on their way to one RELAY client.
pub(super) type Outbox = mpsc::Sender<String>;

/// Something that came in over a socket, for [`Desk::carry_out`].
pub struct Order(pub(super) Word);

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Word::Opened { .. } => "Opened",
            Word::Frame { .. } => "Frame",
            Word::Closed { .. } => "Closed",
            Word::Wish(_) => "Wish",
            Word::Answered(..) => "Answered",
        };
        write!(f, "Order({kind})")
    }
}

/// What an order says.
pub(super) enum Word {
    /// A RELAY client's socket opened.
    Opened { outbox: Outbox, tell: oneshot::Sender<LinkId> },
    /// A RELAY client sent a frame.
    Frame { link: LinkId, text: String },
    /// A RELAY client's socket is gone.
    Closed { link: LinkId },
    /// Somebody wants something done.
    Wish(Box<dyn FnOnce(&mut Room<'_>) + Send>),
    /// The world outside answered a call.
    Answered(AskId, Answer),
}

/// What a wish may touch.
pub struct Room<'a> {
    /// The time, since the peer began.
    pub now: Duration,
    /// The peer.
    pub peer: &'a mut Peer,
    /// What is remembered of calls.
    pub records: &'a Records,
    /// What pages are told.
    pub feed: &'a mut Feed,
    /// The calls that pages want to be saved as tests; `None` where nobody saves any.
    pub(super) saves: &'a mut Option<Vec<SaveWish>>,
    sockets: &'a mut BTreeMap<LinkId, Outbox>,
}

impl Room<'_> {
    /// Cuts the sockets of all RELAY clients without a word, as a network that fails.
    pub fn cut_links(&mut self) {
        for link in std::mem::take(self.sockets).into_keys() {
            self.peer.close(self.now, link);
        }
    }
}

/// A page wants a call to be saved as a test.
#[derive(Debug)]
pub struct SaveWish {
    pub(super) page: PageId,
    /// What the answer has as its `ref`.
    pub reference: Value,
    /// The call.
    pub call_id: String,
}

/// A frame that crossed a link.
#[derive(Clone, Copy)]
pub struct Crossing<'a> {
    /// When, since the peer began.
    pub at: Duration,
    /// Numbers the links, from 1.
    pub link: u64,
    /// Whether the client sent it.
    pub from_client: bool,
    /// The frame as it was written, secrets included.
    pub frame: &'a str,
}

/// Is shown every frame.
pub type Tap = Box<dyn FnMut(Crossing<'_>)>;

/// See the module.
pub struct Desk {
    orders: mpsc::Receiver<Order>,
    door: Door,
    sockets: BTreeMap<LinkId, Outbox>,
    records: Records,
    tap: Option<Tap>,
    errands: outside::Errands,
    saves: Option<Vec<SaveWish>>,
    /// What pages are told.
    pub feed: Feed,
}

impl Desk {
    /// A desk and the door to it. `mask` takes secrets out of the lines of JSON that the API gives away.
    #[must_use]
    pub fn open(mask: Mask) -> (Self, Door) {
        let (door, orders) = Door::new();
        let desk = Self {
            orders,
            door: door.clone(),
            sockets: BTreeMap::new(),
            records: Records::new(mask),
            tap: None,
            errands: outside::Errands::default(),
            saves: None,
            feed: Feed::default(),
        };
        (desk, door)
    }

    /// Shows every frame between RELAY clients and the peer to `tap`, in order.
    pub fn tap_frames(&mut self, tap: Tap) {
        self.tap = Some(tap);
    }

    /// From now on pages may ask for calls to be saved as tests; see [`Desk::take_saves`].
    pub fn offer_saves(&mut self) {
        self.saves.get_or_insert_default();
    }

    /// The calls that pages want to be saved. Whoever saves them answers each by [`Desk::answer`].
    pub fn take_saves(&mut self) -> Vec<SaveWish> {
        self.saves.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Tells the page that asked, and no other, what came of it: a JSON object.
    pub fn answer(&mut self, wish: &SaveWish, message: String) {
        self.feed.tell(wish.page, message);
    }

    /// Waits for the next order. Nothing is lost when the future is dropped before its end.
    pub async fn next(&mut self) -> Order {
        match self.orders.recv().await {
            Some(order) => order,
            // The desk holds a door itself, so this is never reached.
            None => std::future::pending().await,
        }
    }

    /// An order that is there already.
    pub fn try_next(&mut self) -> Option<Order> {
        self.orders.try_recv().ok()
    }

    /// Does what an order says.
    pub fn carry_out(&mut self, now: Duration, peer: &mut Peer, order: Order) {
        match order.0 {
            Word::Opened { outbox, tell } => {
                let link = peer.open(now);
                if tell.send(link).is_ok() {
                    self.sockets.insert(link, outbox);
                } else {
                    peer.close(now, link);
                }
            }
            Word::Frame { link, text } => {
                if self.sockets.contains_key(&link) {
                    self.show(now, link, true, &text);
                    peer.receive(now, link, &text);
                }
            }
            Word::Closed { link } => {
                self.sockets.remove(&link);
                peer.close(now, link);
            }
            Word::Wish(wish) => wish(&mut Room {
                now,
                peer,
                records: &self.records,
                feed: &mut self.feed,
                saves: &mut self.saves,
                sockets: &mut self.sockets,
            }),
            Word::Answered(id, answer) => peer.outside_answered(now, id, &answer),
        }
    }

    /// Writes what the peer wants written to RELAY clients, and closes what it wants closed. A client that does
    /// not read is cut.
    pub fn pass_on(&mut self, now: Duration, peer: &mut Peer) {
        for (link, frame) in peer.take_frames() {
            self.show(now, link, false, &frame);
            let Some(outbox) = self.sockets.get(&link) else { continue };
            // One that is closed already may have said something before, which waits among the orders.
            if let Err(mpsc::error::TrySendError::Full(_)) = outbox.try_send(frame) {
                self.sockets.remove(&link);
                peer.close(now, link);
            }
        }
        for link in peer.take_closed() {
            self.sockets.remove(&link);
        }
    }

    /// Makes the HTTP requests that calls ask for; each answer comes back as an order. Needs a tokio runtime.
    pub fn run_errands(&mut self, peer: &mut Peer) {
        for ask in peer.take_asks() {
            let (errands, door) = (self.errands.clone(), self.door.clone());
            tokio::spawn(async move {
                let answer = errands.fetch(ask.what).await;
                door.send(Word::Answered(ask.id, answer)).await;
            });
        }
    }

    /// Takes note of something that happened, for the API.
    pub fn note(&mut self, at: Duration, call_id: Option<&str>, what: &What) {
        self.records.note(at, call_id, what);
    }

    /// How many RELAY clients have a socket open.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.sockets.len()
    }

    /// Says goodbye to RELAY clients and waits, for a second at most, until their sockets are closed.
    pub async fn farewell(mut self) {
        let mut open: Vec<LinkId> = std::mem::take(&mut self.sockets).into_keys().collect();
        let all = async {
            while !open.is_empty() {
                if let Order(Word::Closed { link }) = self.next().await {
                    open.retain(|other| *other != link);
                }
            }
        };
        // Who does not close in time is cut with the end of the program.
        let _ = tokio::time::timeout(FAREWELL, all).await;
    }

    fn show(&mut self, at: Duration, link: LinkId, from_client: bool, frame: &str) {
        if let Some(tap) = &mut self.tap {
            tap(Crossing { at, link: link.0, from_client, frame });
        }
    }
}

/// The queue of a RELAY client's frames.
pub(super) fn outbox() -> (Outbox, mpsc::Receiver<String>) {
    mpsc::channel(UNREAD)
}
