//! What pages are told: a few messages that are always true, and what happened lately.
//!
//! It knows nothing of what the messages say. A page that does not keep up is cut: nothing is kept for it
//! without end.

use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::mpsc;

/// How many messages a page that comes late still gets.
const HISTORY: usize = 5_000;
/// How many messages may wait for a page.
const UNREAD: usize = 4_096;
/// How many pages may be open at once.
const PAGES: usize = 64;

/// See the module. Messages are JSON objects, as text.
#[derive(Debug, Default)]
pub struct Feed {
    kept: Vec<(String, Arc<str>)>,
    history: VecDeque<Arc<str>>,
    pages: Vec<(PageId, mpsc::Sender<Arc<str>>)>,
    opened: u64,
}

/// Names one open page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageId(u64);

/// What a new page gets.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) page: PageId,
    /// What it is told first.
    pub(super) backlog: Vec<Arc<str>>,
    /// What comes; it ends when the page did not keep up.
    pub(super) news: mpsc::Receiver<Arc<str>>,
}

impl Feed {
    /// Tells all pages, and every new one first of all; takes the place of what was kept under this key.
    pub fn keep(&mut self, key: &str, message: impl Into<Arc<str>>) {
        let message = message.into();
        match self.kept.iter_mut().find(|(other, _)| other == key) {
            Some((_, kept)) => *kept = Arc::clone(&message),
            None => self.kept.push((key.to_owned(), Arc::clone(&message))),
        }
        self.send(&message);
    }

    /// What is kept under this key is no longer true; pages that heard of it are not told.
    pub fn forget(&mut self, key: &str) {
        self.kept.retain(|(other, _)| other != key);
    }

    /// Tells all pages, and new ones as long as it is among the latest 5,000 messages.
    pub fn publish(&mut self, message: impl Into<Arc<str>>) {
        let message = message.into();
        self.send(&message);
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(message);
    }

    /// Tells one page alone.
    pub(super) fn tell(&mut self, page: PageId, message: impl Into<Arc<str>>) {
        let message = message.into();
        self.pages.retain(|(id, pages)| *id != page || pages.try_send(Arc::clone(&message)).is_ok());
    }

    /// A new page; `None` when there are too many.
    pub(super) fn subscribe(&mut self) -> Option<Subscription> {
        self.pages.retain(|(_, page)| !page.is_closed());
        if self.pages.len() >= PAGES {
            return None;
        }
        let (sender, news) = mpsc::channel(UNREAD);
        self.opened += 1;
        let page = PageId(self.opened);
        self.pages.push((page, sender));
        let kept = self.kept.iter().map(|(_, message)| message);
        let backlog = kept.chain(&self.history).map(Arc::clone).collect();
        Some(Subscription { page, backlog, news })
    }

    fn send(&mut self, message: &Arc<str>) {
        self.pages.retain(|(_, page)| page.try_send(Arc::clone(message)).is_ok());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn texts(messages: &[Arc<str>]) -> Vec<&str> {
        messages.iter().map(|message| &**message).collect()
    }

    fn rest(subscription: &mut Subscription) -> Vec<String> {
        std::iter::from_fn(|| subscription.news.try_recv().ok()).map(|message| message.to_string()).collect()
    }

    #[test]
    fn a_new_page_hears_what_is_kept_then_what_was_then_what_comes() {
        let mut feed = Feed::default();
        feed.publish("first");
        feed.keep("hello", "old");
        feed.keep("script", "text");
        feed.keep("hello", "new");
        let mut page = feed.subscribe().unwrap();
        assert_eq!(texts(&page.backlog), ["new", "text", "first"]);
        feed.publish("second");
        feed.keep("script", "text 2");
        feed.tell(page.page, "for you");
        assert_eq!(rest(&mut page), ["second", "text 2", "for you"]);
        let mut other = feed.subscribe().unwrap();
        assert_eq!(texts(&other.backlog), ["new", "text 2", "first", "second"]);
        feed.tell(page.page, "for you");
        assert_eq!(rest(&mut other), Vec::<String>::new());
        feed.forget("script");
        assert_eq!(texts(&feed.subscribe().unwrap().backlog), ["new", "first", "second"]);
    }

    #[test]
    fn the_history_is_bounded_and_a_page_that_does_not_read_is_cut() {
        let mut feed = Feed::default();
        let mut page = feed.subscribe().unwrap();
        for number in 0..HISTORY + 10 {
            feed.publish(number.to_string());
        }
        let read = rest(&mut page);
        assert_eq!(read.len(), UNREAD);
        assert!(page.news.is_closed());
        assert_eq!(&*feed.subscribe().unwrap().backlog[0], "10");
    }

    #[test]
    fn there_are_not_pages_without_end() {
        let mut feed = Feed::default();
        let mut pages: Vec<_> = std::iter::from_fn(|| feed.subscribe()).take(PAGES + 1).collect();
        assert_eq!(pages.len(), PAGES);
        pages.pop();
        assert!(feed.subscribe().is_some());
    }
}
