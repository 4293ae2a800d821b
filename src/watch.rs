//! File events, debounced to "something changed".
//!
//! It watches the folders of the files, so that it sees a file replaced, gone for a moment, or not
//! there yet. It never compares contents and compiles nothing: a signal means "look again".

mod debounce;
mod places;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use debounce::Debounce;
use places::Places;

/// Files cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The system offers no file events, or no more of them.
    #[error("cannot watch files")]
    Unavailable(#[source] notify::Error),
    /// A folder that exists cannot be watched.
    #[error("cannot watch {}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: notify::Error,
    },
    /// No thread could be started.
    #[error("cannot start the thread that watches files")]
    Thread(#[source] std::io::Error),
}

/// Watches a set of files until it is dropped.
pub struct Watcher {
    watched: Arc<Mutex<Watched>>,
}

impl Watcher {
    /// Starts with no files. `changed` is called on a thread of the watcher's own after each burst
    /// of events (50 ms of quiet end it, at the latest 500 ms after it began).
    pub fn start(changed: impl Fn() + Send + 'static) -> Result<Self, WatchError> {
        let (sender, events) = mpsc::channel();
        // A receiver that is gone means that the watcher is being dropped.
        let handler = move |event| drop(sender.send(event));
        let watcher = notify::recommended_watcher(handler).map_err(WatchError::Unavailable)?;
        let watched = Arc::new(Mutex::new(Watched {
            watcher: Some(watcher),
            paths: BTreeSet::new(),
            whole: BTreeSet::new(),
            places: Places::default(),
            active: BTreeSet::new(),
        }));
        let shared = watched.clone();
        std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || follow(&events, &shared, &changed))
            .map_err(WatchError::Thread)?;
        Ok(Self { watched })
    }

    /// Replaces the set of files. They and their folders need not exist. When it returns, every
    /// later change is seen. It may be called at any time, also from `changed`.
    pub fn watch(&self, paths: impl IntoIterator<Item = PathBuf>) -> Result<(), WatchError> {
        self.watch_with(paths, [])
    }

    /// The same, and replaces the set of folders in which whatever comes or goes is a change. Those that do
    /// not exist are left out; what is in folders below them is not looked at.
    pub fn watch_with(
        &self,
        paths: impl IntoIterator<Item = PathBuf>,
        folders: impl IntoIterator<Item = PathBuf>,
    ) -> Result<(), WatchError> {
        let mut watched = lock(&self.watched);
        watched.paths = paths.into_iter().collect();
        watched.whole = folders.into_iter().collect();
        watched.renew()
    }
}

impl Drop for Watcher {
    /// Ends the events, which ends the thread. A signal that is on its way may still come.
    fn drop(&mut self) {
        let watcher = lock(&self.watched).watcher.take();
        drop(watcher);
    }
}

/// What is watched now.
struct Watched {
    /// `None` once the end has come.
    watcher: Option<RecommendedWatcher>,
    paths: BTreeSet<PathBuf>,
    whole: BTreeSet<PathBuf>,
    places: Places,
    active: BTreeSet<PathBuf>,
}

impl Watched {
    /// Looks where the files are now, and watches the folders found. Repeats until nothing moved
    /// in between: a folder may appear while its parent is about to be watched.
    fn renew(&mut self) -> Result<(), WatchError> {
        for _ in 0..8 {
            let places = Places::of(&self.paths, &self.whole);
            self.activate(&places.folders)?;
            let settled = Places::of(&self.paths, &self.whole) == places;
            self.places = places;
            if settled {
                break;
            }
        }
        Ok(())
    }

    fn activate(&mut self, folders: &BTreeSet<PathBuf>) -> Result<(), WatchError> {
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        let mut failed = None;
        for folder in folders.difference(&self.active.clone()) {
            match watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => drop(self.active.insert(folder.clone())),
                Err(_) if !folder.is_dir() => {} // gone again: the next look finds its parent
                Err(source) => failed = Some(WatchError::Folder { folder: folder.clone(), source }),
            }
        }
        for folder in self.active.clone().difference(folders) {
            // It may be gone, and its watch with it.
            let _ = watcher.unwatch(folder);
            self.active.remove(folder);
        }
        failed.map_or(Ok(()), Err)
    }

    /// Whether an event may mean a change. An event about a watched folder itself ends the trust in
    /// its watch: the folder may be another one now.
    fn concerns(&mut self, event: &notify::Result<Event>) -> bool {
        let Ok(event) = event else { return true };
        if is_reading(event.kind) {
            return false;
        }
        for folder in
            event.paths.iter().filter(|path| self.active.contains(*path)).cloned().collect::<Vec<_>>()
        {
            self.active.remove(&folder);
            if let Some(watcher) = &mut self.watcher {
                let _ = watcher.unwatch(&folder);
            }
        }
        event.need_rescan()
            || event.paths.is_empty()
            || event.paths.iter().any(|path| self.places.concern(path))
    }
}

/// Opening and reading a file changes nothing; the receiver of the signal does both.
fn is_reading(kind: EventKind) -> bool {
    matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write))
}

/// The thread: takes events until there will be no more.
fn follow(events: &mpsc::Receiver<notify::Result<Event>>, watched: &Mutex<Watched>, changed: &impl Fn()) {
    let mut debounce = Debounce::default();
    loop {
        let timeout = debounce.remaining(Instant::now()).unwrap_or(Duration::from_secs(3600));
        match events.recv_timeout(timeout) {
            Ok(event) => {
                let mut watched = lock(watched);
                if watched.concerns(&event) {
                    debounce.event(Instant::now());
                    // A failure is reported at the end of the burst, if it lasts.
                    let _ = watched.renew();
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if debounce.ended(Instant::now()) {
            if let Err(error) = lock(watched).renew() {
                tracing::warn!(%error, "changes of some files may go unseen");
            }
            changed();
        }
    }
}

fn lock(watched: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}
