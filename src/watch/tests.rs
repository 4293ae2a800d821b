//! The watcher on the real file system, waited for by its own signals.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;

use super::*;

/// Far more than a slow machine needs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder of the test's own.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name =
            format!("relay-script-watch-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Watch {
    watcher: Watcher,
    signals: Receiver<()>,
}

impl Watch {
    fn new(paths: &[PathBuf]) -> Self {
        let (sender, signals) = mpsc::channel();
        let watcher = Watcher::start(move || sender.send(()).unwrap_or_default()).unwrap();
        watcher.watch(paths.to_vec()).unwrap();
        Self { watcher, signals }
    }

    /// Waits for signals until what `look` sees is as expected: what a receiver does that looks
    /// again after each.
    fn until(&self, look: impl Fn() -> bool) {
        loop {
            self.signals.recv_timeout(PATIENCE).expect("no signal came");
            if look() {
                return;
            }
        }
    }

    fn until_text(&self, path: &Path, text: &str) {
        self.until(|| fs::read_to_string(path).is_ok_and(|found| found == text));
    }
}

#[test]
fn a_saved_file_is_signalled_again_and_again() {
    let folder = Folder::new();
    let file = folder.path("a.rhai");
    fs::write(&file, "0").unwrap();
    let watch = Watch::new(std::slice::from_ref(&file));
    for text in ["1", "2", "3"] {
        fs::write(&file, text).unwrap();
        watch.until_text(&file, text);
    }
}

#[test]
fn a_file_replaced_by_rename_is_signalled_again_and_again() {
    let folder = Folder::new();
    let (file, temporary) = (folder.path("a.rhai"), folder.path(".a.rhai.swp"));
    fs::write(&file, "0").unwrap();
    let watch = Watch::new(std::slice::from_ref(&file));
    for text in ["1", "2", "3"] {
        fs::write(&temporary, text).unwrap();
        fs::rename(&temporary, &file).unwrap();
        watch.until_text(&file, text);
    }
}

#[test]
fn a_file_that_vanishes_and_comes_back_is_signalled() {
    let folder = Folder::new();
    let file = folder.path("a.rhai");
    fs::write(&file, "0").unwrap();
    let watch = Watch::new(std::slice::from_ref(&file));
    fs::remove_file(&file).unwrap();
    watch.until(|| !file.exists());
    fs::write(&file, "1").unwrap();
    watch.until_text(&file, "1");
}

#[test]
fn files_and_folders_that_do_not_exist_yet_are_waited_for() {
    let folder = Folder::new();
    let file = folder.path("lib/deep/b.rhai");
    let watch = Watch::new(std::slice::from_ref(&file));
    fs::create_dir(folder.path("lib")).unwrap();
    watch.until(|| folder.path("lib").exists());
    fs::create_dir(folder.path("lib/deep")).unwrap();
    fs::write(&file, "1").unwrap();
    watch.until_text(&file, "1");
    fs::write(&file, "2").unwrap();
    watch.until_text(&file, "2");
}

#[test]
fn a_folder_that_is_replaced_is_followed() {
    let folder = Folder::new();
    let (file, scripts) = (folder.path("scripts/a.rhai"), folder.path("scripts"));
    fs::create_dir(&scripts).unwrap();
    fs::write(&file, "0").unwrap();
    let watch = Watch::new(std::slice::from_ref(&file));
    fs::rename(&scripts, folder.path("old")).unwrap();
    watch.until(|| !file.exists());
    fs::create_dir(&scripts).unwrap();
    fs::write(&file, "1").unwrap();
    watch.until_text(&file, "1");
    fs::remove_dir_all(&scripts).unwrap();
    watch.until(|| !file.exists());
    fs::create_dir(&scripts).unwrap();
    fs::write(&file, "2").unwrap();
    watch.until_text(&file, "2");
    fs::write(&file, "3").unwrap();
    watch.until_text(&file, "3");
}

#[test]
fn the_set_can_be_replaced() {
    let folder = Folder::new();
    fs::create_dir(folder.path("x")).unwrap();
    fs::create_dir(folder.path("y")).unwrap();
    let (first, second) = (folder.path("x/a.rhai"), folder.path("y/b.rhai"));
    let watch = Watch::new(std::slice::from_ref(&first));
    watch.watcher.watch([first.clone(), second.clone()]).unwrap();
    fs::write(&second, "1").unwrap();
    watch.until_text(&second, "1");
    fs::write(&first, "1").unwrap();
    watch.until_text(&first, "1");
    watch.watcher.watch([second.clone()]).unwrap();
    fs::write(&second, "2").unwrap();
    watch.until_text(&second, "2");
}

/// A second watcher tells when the events have come through.
#[test]
fn neighbours_and_readers_are_no_change() {
    let folder = Folder::new();
    let (file, neighbour) = (folder.path("a.rhai"), folder.path("calls.log"));
    fs::write(&file, "0").unwrap();
    let watch = Watch::new(std::slice::from_ref(&file));
    let other = Watch::new(std::slice::from_ref(&neighbour));
    for text in ["1", "2", "3", "4"] {
        fs::read(&file).unwrap();
        fs::write(&neighbour, text).unwrap();
        other.until_text(&neighbour, text);
    }
    assert_eq!(watch.signals.try_iter().count(), 0);
}

#[test]
fn a_burst_is_few_signals() {
    let folder = Folder::new();
    let file = folder.path("a.rhai");
    let watch = Watch::new(std::slice::from_ref(&file));
    let began = Instant::now();
    for number in 0..=200 {
        fs::write(&file, number.to_string()).unwrap();
    }
    let longest = began.elapsed().as_millis() / 50 + 2;
    watch.until_text(&file, "200");
    let further = watch.signals.try_iter().count();
    assert!((further as u128) < longest, "{further} further signals");
}

#[test]
fn a_dropped_watcher_lets_its_callback_go() {
    let (sender, signals) = mpsc::channel::<()>();
    let watcher = Watcher::start(move || sender.send(()).unwrap_or_default()).unwrap();
    drop(watcher);
    assert_eq!(signals.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_linked_file_is_signalled_where_it_really_is() {
        let folder = Folder::new();
        fs::create_dir(folder.path("real")).unwrap();
        fs::create_dir(folder.path("used")).unwrap();
        let (real, link) = (folder.path("real/a.rhai"), folder.path("used/a.rhai"));
        fs::write(&real, "0").unwrap();
        symlink("../real/a.rhai", &link).unwrap();
        let watch = Watch::new(std::slice::from_ref(&link));
        fs::write(&real, "1").unwrap();
        watch.until_text(&link, "1");
        fs::write(folder.path("real/b.rhai"), "2").unwrap();
        symlink("../real/b.rhai", folder.path("used/new")).unwrap();
        fs::rename(folder.path("used/new"), &link).unwrap();
        watch.until_text(&link, "2");
        fs::write(folder.path("real/b.rhai"), "3").unwrap();
        watch.until_text(&link, "3");
    }

    /// As a Kubernetes volume is updated: the file is a link into `..data`, which is a link to a
    /// folder and is swapped.
    #[test]
    fn a_swapped_folder_link_is_followed() {
        let folder = Folder::new();
        for (version, text) in [("v1", "1"), ("v2", "2")] {
            fs::create_dir(folder.path(version)).unwrap();
            fs::write(folder.path(version).join("a.rhai"), text).unwrap();
        }
        let file = folder.path("a.rhai");
        symlink("v1", folder.path("..data")).unwrap();
        symlink("..data/a.rhai", &file).unwrap();
        let watch = Watch::new(std::slice::from_ref(&file));
        symlink("v2", folder.path("..new")).unwrap();
        fs::rename(folder.path("..new"), folder.path("..data")).unwrap();
        watch.until_text(&file, "2");
        fs::write(folder.path("v2/a.rhai"), "3").unwrap();
        watch.until_text(&file, "3");
    }

    #[test]
    fn links_in_a_circle_end() {
        let folder = Folder::new();
        symlink("b.rhai", folder.path("a.rhai")).unwrap();
        symlink("a.rhai", folder.path("b.rhai")).unwrap();
        let watch = Watch::new(&[folder.path("a.rhai")]);
        fs::remove_file(folder.path("b.rhai")).unwrap();
        fs::write(folder.path("b.rhai"), "1").unwrap();
        watch.until_text(&folder.path("a.rhai"), "1");
    }
}

#[test]
fn whatever_comes_into_a_whole_folder_is_signalled() {
    let folder = Folder::new();
    fs::create_dir(folder.path("below")).unwrap();
    let watch = Watch::new(&[]);
    watch.watcher.watch_with([], [folder.0.clone(), folder.path("gone")]).unwrap();
    for name in ["new.rhai", "newer.rhai", "folder"] {
        let path = folder.path(name);
        let made = if name == "folder" { fs::create_dir(&path) } else { fs::write(&path, "1") };
        made.unwrap();
        watch.until(|| path.exists());
    }
    fs::remove_file(folder.path("new.rhai")).unwrap();
    watch.until(|| !folder.path("new.rhai").exists());
}

#[test]
fn lost_events_count_as_a_change() {
    use notify::event::{CreateKind, Flag};
    let path = std::env::temp_dir().join("relay-script-no-such-file.rhai");
    let mut watched = Watched {
        watcher: None,
        paths: [path.clone()].into(),
        whole: BTreeSet::new(),
        places: Places::default(),
        active: BTreeSet::new(),
    };
    watched.renew().unwrap();
    let path = path.parent().unwrap().canonicalize().unwrap().join(path.file_name().unwrap());
    let created = Event::new(EventKind::Create(CreateKind::File));
    let table = [
        (Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan).add_path("/elsewhere".into())), true),
        (Err(notify::Error::generic("lost")), true),
        (Ok(created.clone().add_path(path.clone())), true),
        (Ok(created.add_path("/elsewhere".into())), false),
        (Ok(Event::new(EventKind::Access(AccessKind::Open(AccessMode::Any))).add_path(path)), false),
    ];
    for (event, expected) in table {
        assert_eq!(watched.concerns(&event), expected, "{event:?}");
    }
}
