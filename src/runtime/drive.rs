//! Moves a shard with a real socket and the real clock.
//!
//! It reads what is there, lets the scripts run, and writes all that they said in one go.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::meters::METERS;
use super::{Shard, Signal};
use crate::relay::Time;
use crate::relay::connector::{ConnectError, Connector};
use crate::relay::link::{Link, LinkError, Text};
use crate::relay::session::{Ending, Phase};

/// Frames that are read before the scripts get their turn.
const BATCH: usize = 256;
/// How long writing may be stuck before the socket counts as dead.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the last words may take when the program ends.
const FAREWELL: Duration = Duration::from_secs(2);
/// The longest sleep; there is always a next one.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// What a shard is told from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Look whether scripts have changed.
    Reload,
    /// No new calls; end when the live ones are over, or at the deadline.
    Drain {
        /// How long live calls may go on.
        limit: Duration,
    },
    /// End now.
    Stop,
}

/// How a shard ended.
#[derive(Debug)]
pub enum Ended {
    /// It was drained.
    Drained,
    /// The deadline of the drain cut this many calls.
    Cut(usize),
    /// It was stopped.
    Stopped,
    /// The credentials were refused.
    Refused,
    /// RELAY could not be reached; the last error.
    Unreachable(Option<ConnectError>),
}

type Opening = Pin<Box<dyn Future<Output = Result<Link, ConnectError>>>>;

#[allow(clippy::large_enum_variant, reason = "there is one, for one turn of the loop")]
enum Happened {
    Read(Result<Text, LinkError>),
    Opened(Result<Link, ConnectError>),
    Told(Control),
    Time,
}

struct Driver<'a> {
    shard: &'a Shard,
    connector: Connector,
    link: Option<Link>,
    opening: Option<Opening>,
    started: Instant,
    alarm: Pin<Box<Sleep>>,
    frames: Vec<String>,
    drain_until: Option<Time>,
    last_error: Option<ConnectError>,
}

/// Runs `shard` until it is told to end or cannot go on. `on_reload` is called when scripts may have
/// changed.
pub async fn drive(
    shard: &Shard,
    connector: Connector,
    mut control: UnboundedReceiver<Control>,
    mut on_reload: impl FnMut(&Shard),
) -> Ended {
    let started = Instant::now();
    shard.host().scheduler.set_meters(METERS);
    let mut driver = Driver {
        shard,
        connector,
        link: None,
        opening: None,
        started,
        alarm: Box::pin(sleep_until(started)),
        frames: Vec::new(),
        drain_until: None,
        last_error: None,
    };
    loop {
        if let Some(ended) = driver.turn().await {
            driver.farewell().await;
            return ended;
        }
        match driver.next(&mut control).await {
            Happened::Time => {}
            Happened::Read(first) => driver.read_batch(first),
            Happened::Opened(link) => driver.opened(link),
            Happened::Told(Control::Reload) => on_reload(shard),
            Happened::Told(Control::Drain { limit }) => driver.drain(limit),
            Happened::Told(Control::Stop) => {
                driver.shard.cancel();
                driver.farewell().await;
                return Ended::Stopped;
            }
        }
    }
}

impl Driver<'_> {
    fn now(&self) -> Time {
        self.started.elapsed()
    }

    /// One round: scripts run, frames go out. Something, when the shard is at its end.
    async fn turn(&mut self) -> Option<Ended> {
        self.shard.tell_time(self.now());
        if self.shard.turn() {
            tracing::warn!("the connection to RELAY is silent; it is given up");
            self.lose_link();
        }
        self.write().await;
        self.reopen();
        self.ending()
    }

    fn ending(&mut self) -> Option<Ended> {
        match self.shard.phase() {
            Phase::Over(Ending::Refused) => return Some(Ended::Refused),
            Phase::Over(Ending::Unreachable) => return Some(Ended::Unreachable(self.last_error.take())),
            _ => {}
        }
        let until = self.drain_until?;
        if self.shard.live() == 0 {
            return Some(Ended::Drained);
        }
        if until > self.shard.host().now() {
            return None;
        }
        let cut = self.shard.live();
        self.shard.cancel();
        Some(Ended::Cut(cut))
    }

    fn drain(&mut self, limit: Duration) {
        self.shard.tell_time(self.now());
        self.shard.drain();
        self.drain_until = Some(self.now() + limit);
        tracing::info!(calls = self.shard.live(), "draining: no new calls, waiting for the live ones");
    }

    /// What happens next: a frame, a new link, a word from outside, or the time.
    async fn next(&mut self, control: &mut UnboundedReceiver<Control>) -> Happened {
        if self.shard.host().scheduler.has_work() {
            return self.glance(control).await;
        }
        self.set_alarm();
        let link = &mut self.link;
        let opening = &mut self.opening;
        tokio::select! {
            biased;
            read = async { match link { Some(link) => link.read().await, None => std::future::pending().await } } => Happened::Read(read),
            told = control.recv() => Happened::Told(told.unwrap_or(Control::Stop)),
            opened = async { match opening { Some(opening) => opening.await, None => std::future::pending().await } } => Happened::Opened(opened),
            () = &mut self.alarm => Happened::Time,
        }
    }

    /// Scripts want to go on: look whether anything is there, but do not wait for it.
    async fn glance(&mut self, control: &mut UnboundedReceiver<Control>) -> Happened {
        tokio::task::yield_now().await;
        if let Some(read) = self.link.as_mut().and_then(Link::try_read) {
            return Happened::Read(read);
        }
        if let Ok(told) = control.try_recv() {
            return Happened::Told(told);
        }
        match self.opening.as_mut().and_then(|opening| opening.now_or_never()) {
            Some(opened) => Happened::Opened(opened),
            None => Happened::Time,
        }
    }

    /// The alarm is moved only when it would be late; early, it does no harm.
    fn set_alarm(&mut self) {
        let retry = match self.shard.phase() {
            Phase::Down { retry_at } if self.opening.is_none() => Some(retry_at),
            _ => None,
        };
        let due = [self.shard.next_due(), retry, self.drain_until].into_iter().flatten().min();
        let at = self.started + due.unwrap_or(LONGEST_SLEEP).min(self.now() + LONGEST_SLEEP);
        if at < self.alarm.deadline() || self.alarm.is_elapsed() {
            self.alarm.as_mut().reset(at);
        }
    }

    fn read_batch(&mut self, first: Result<Text, LinkError>) {
        self.shard.tell_time(self.now());
        let mut next = Some(first);
        for _ in 0..BATCH {
            match next {
                Some(Ok(text)) => {
                    if !self.take(&text) {
                        return;
                    }
                }
                Some(Err(error)) => {
                    tracing::warn!(%error, "the connection to RELAY was lost");
                    return self.lose_link();
                }
                None => return,
            }
            next = self.link.as_mut().and_then(Link::try_read);
        }
        if let Some(last) = next {
            self.read_last(last);
        }
    }

    fn read_last(&mut self, last: Result<Text, LinkError>) {
        match last {
            Ok(text) => {
                self.take(&text);
            }
            Err(_) => self.lose_link(),
        }
    }

    /// Hands a frame to the shard; false: the link is gone.
    fn take(&mut self, text: &str) -> bool {
        match self.shard.receive(text) {
            Ok(Signal::Close) => {
                self.frames.clear();
                self.shard.take_frames(&mut self.frames);
                self.close_link();
                false
            }
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(%error, bytes = text.len(), "a frame was ignored");
                true
            }
        }
    }

    /// Sends the last acknowledgement in the background, and lets the link go.
    fn close_link(&mut self) {
        let frames = std::mem::take(&mut self.frames);
        if let Some(mut link) = self.link.take() {
            tokio::task::spawn_local(timeout(FAREWELL, async move {
                let _ = link.feed(frames.into_iter()).await;
                link.close().await;
            }));
        }
        self.shard.link_lost();
    }

    async fn write(&mut self) {
        self.frames.clear();
        let Some(link) = self.link.as_mut() else { return };
        self.shard.take_frames(&mut self.frames);
        if self.frames.is_empty() {
            return;
        }
        if let Err(error) = write_all(link, &mut self.frames).await {
            tracing::warn!(%error, "writing to RELAY failed");
            self.lose_link();
        }
    }

    fn lose_link(&mut self) {
        self.link = None;
        self.shard.link_lost();
    }

    /// Begins to open a link when it is time to.
    fn reopen(&mut self) {
        let Phase::Down { retry_at } = self.shard.phase() else { return };
        if self.opening.is_none() && retry_at <= self.shard.host().now() {
            let connector = self.connector.clone();
            tracing::debug!(url = connector.url(), "connecting");
            self.opening = Some(Box::pin(async move { connector.open().await }));
        }
    }

    fn opened(&mut self, opened: Result<Link, ConnectError>) {
        self.opening = None;
        self.shard.tell_time(self.now());
        match opened {
            Ok(link) => {
                self.link = Some(link);
                self.shard.link_opened();
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%error, cause, "no connection to RELAY");
                self.last_error = Some(error);
                self.shard.link_lost();
            }
        }
    }

    /// Sends what is left and closes the link.
    async fn farewell(&mut self) {
        self.write().await;
        if let Some(link) = self.link.take() {
            let _ = timeout(FAREWELL, link.close()).await;
        }
    }
}

/// Writes frames in one go. The time limit is set up only when the socket does not take them at once.
async fn write_all(link: &mut Link, frames: &mut Vec<String>) -> Result<(), LinkError> {
    let mut writing = std::pin::pin!(async {
        link.feed(frames.drain(..)).await?;
        link.flush().await
    });
    match writing.as_mut().now_or_never() {
        Some(written) => written,
        None => timeout(WRITE_TIMEOUT, writing).await.unwrap_or(Err(LinkError::Closed)),
    }
}
