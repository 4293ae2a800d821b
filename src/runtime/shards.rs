//! Shards on threads of their own: starts them, tells them things, hears of their ends.
//!
//! Nothing of a shard is shared between threads. It knows no settings: whoever starts a shard says
//! how it is built, and builds it on its thread.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;

use super::Shard;
use super::drive::{Control, Ended, drive};
use crate::relay::connector::Connector;

/// A shard, and what it does when scripts may have changed.
pub type Built = (Shard, Box<dyn FnMut(&Shard)>);

/// What becomes of a shard.
#[derive(Debug)]
pub enum News {
    /// It is built and runs.
    Runs,
    /// It could not be built; whoever builds it has said why.
    NotBuilt,
    /// It is over.
    Ended(Ended),
    /// Its thread panicked: a fault of this program.
    Panicked,
}

/// See the module.
pub struct Shards {
    controls: Vec<UnboundedSender<Control>>,
    news: UnboundedReceiver<News>,
    sender: UnboundedSender<News>,
    live: usize,
}

impl Default for Shards {
    fn default() -> Self {
        let (sender, news) = unbounded_channel();
        Self { controls: Vec::new(), news, sender, live: 0 }
    }
}

impl Shards {
    /// Starts one more; `build` is called on its thread, and gives `None` when it cannot.
    ///
    /// # Errors
    /// When there can be no thread or no event loop.
    pub fn start(
        &mut self,
        connector: Connector,
        build: impl FnOnce() -> Option<Built> + Send + 'static,
    ) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (control, controls) = unbounded_channel();
        let farewell = Farewell { sender: self.sender.clone(), last: Some(News::Panicked) };
        std::thread::Builder::new().name(format!("shard-{}", self.controls.len())).spawn(move || {
            let last = match build() {
                None => News::NotBuilt,
                Some((shard, on_reload)) => {
                    farewell.tell(News::Runs);
                    let driving = drive(&shard, connector, controls, on_reload);
                    News::Ended(LocalSet::new().block_on(&runtime, driving))
                }
            };
            farewell.say(last);
        })?;
        self.controls.push(control);
        self.live += 1;
        Ok(())
    }

    /// Tells all of them.
    pub fn tell(&self, control: Control) {
        for shard in &self.controls {
            // One that is over needs no word.
            let _ = shard.send(control);
        }
    }

    /// What happens next to any of them; `None` when all are over. Nothing is lost when the future
    /// is dropped before its end.
    pub async fn next(&mut self) -> Option<News> {
        if self.live == 0 {
            return None;
        }
        let news = self.news.recv().await?;
        if !matches!(news, News::Runs) {
            self.live -= 1;
        }
        Some(news)
    }

    /// Ends all of them at once, and gives them `limit` to say goodbye.
    pub async fn stop(&mut self, limit: Duration) {
        self.tell(Control::Stop);
        let ended = async { while self.next().await.is_some() {} };
        let _ = tokio::time::timeout(limit, ended).await;
    }
}

/// Tells of a shard's end, also when its thread panics.
struct Farewell {
    sender: UnboundedSender<News>,
    last: Option<News>,
}

impl Farewell {
    fn say(mut self, last: News) {
        self.last = Some(last);
    }

    fn tell(&self, news: News) {
        // With nobody listening the program is ending.
        let _ = self.sender.send(news);
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        if let Some(last) = self.last.take() {
            self.tell(last);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_end_of_a_shard_is_told() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let connector = Connector::new("ws://127.0.0.1:9/", None).unwrap();
        runtime.block_on(async {
            let mut shards = Shards::default();
            assert!(shards.next().await.is_none());
            shards.start(connector.clone(), || None).unwrap();
            assert!(matches!(shards.next().await, Some(News::NotBuilt)));
            shards.start(connector, || panic!("on purpose")).unwrap();
            assert!(matches!(shards.next().await, Some(News::Panicked)));
            assert!(shards.next().await.is_none());
        });
    }
}
