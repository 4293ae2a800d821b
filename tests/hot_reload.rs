//! Saving a script while calls are live, through the real file system.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use relay_script::runtime::Scripts;
use relay_script::script::check::Vocabulary;
use relay_script::script::compiler::Compiler;
use relay_script::script::engine::compile_engine;
use relay_script::script::host::Limits;
use relay_script::script::library::{Library, Outcome};
use relay_script::script::sources::Disk;
use relay_script::sim::{InboundCall, Outside, What};
use relay_script::testing::{Entry, Happened, Simulation, Stage};
use relay_script::watch::Watcher;

/// Far more than a slow machine needs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A script on the disk, watched, with simulated calls.
struct Bench {
    folder: PathBuf,
    watcher: Watcher,
    changes: Receiver<()>,
    simulation: Simulation,
    entries: Vec<Entry>,
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name =
            format!("relay-script-reload-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        for (file, text) in files {
            fs::write(folder.join(file), text).unwrap();
        }
        let compiler = Rc::new(Compiler::new(compile_engine(None)));
        let vocabulary = Rc::new(Vocabulary::of_calls());
        let mut library = Library::new(compiler, vocabulary, Rc::new(Disk), folder.join("main.rhai"));
        library.load().unwrap();
        let (changed, changes) = channel();
        let watcher = Watcher::start(move || {
            let _ = changed.send(());
        })
        .unwrap();
        watcher.watch(library.watched().to_vec()).unwrap();
        let simulation = Simulation::new(Stage {
            scripts: Scripts::one(library),
            contexts: vec!["default".to_owned()],
            limits: Limits::default(),
            max_calls: 10,
            seed: 1,
            outside: Outside::Nothing,
        });
        Self { folder, watcher, changes, simulation, entries: Vec::new() }
    }

    /// Saves a file as editors do: a new file takes the place of the old one.
    fn save(&self, file: &str, text: &str) {
        fs::write(self.folder.join("saving"), text).unwrap();
        fs::rename(self.folder.join("saving"), self.folder.join(file)).unwrap();
    }

    /// Waits for the watcher, until the scripts have changed: `version 2`, or the codes of the faults.
    fn reloaded(&self) -> String {
        loop {
            self.changes.recv_timeout(PATIENCE).unwrap();
            let mut told = None;
            let scripts = self.simulation.line.shard().scripts();
            scripts.reload(|library, outcome| {
                told = match outcome {
                    Outcome::Unchanged => None,
                    Outcome::Changed(program) => Some(format!("version {}", program.version())),
                    Outcome::Broken(faults) => {
                        let shown = faults[0].render(library.sources(), false);
                        assert!(shown.contains('^'), "{shown}");
                        Some(faults.iter().map(|fault| fault.code).collect::<Vec<_>>().join(" "))
                    }
                };
            });
            if let Some(told) = told {
                let libraries: Vec<_> =
                    scripts.libraries().flat_map(|library| library.borrow().watched().to_vec()).collect();
                self.watcher.watch(libraries).unwrap();
                return told;
            }
        }
    }

    fn dial(&mut self) -> String {
        self.simulation.dial(InboundCall {
            from: "+15551110000".to_owned(),
            to: "+15552220000".to_owned(),
            context: "default".to_owned(),
            ..InboundCall::default()
        })
    }

    /// Lets time pass until this many calls of all have asked for a payment.
    fn until_paying(&mut self, calls: usize) {
        let journal = Rc::clone(&self.simulation.journal);
        let entries = &mut self.entries;
        let paying = self.simulation.line.run_until(PATIENCE, |_| {
            entries.extend(journal.take());
            let pays = entries.iter().filter(|entry| {
                matches!(&entry.what, Happened::Seen(What::Verb { method, .. }) if method == "calling.pay")
            });
            pays.count() == calls
        });
        assert!(paying);
    }

    fn until_over(&mut self) {
        assert!(self.simulation.line.run_until(Duration::from_secs(600), |line| line.shard().live() == 0));
        self.entries.extend(self.simulation.journal.take());
    }

    /// What the caller of a call heard last.
    fn last_heard(&self, call_id: &str) -> &str {
        let mut heard = self.entries.iter().rev().filter_map(|entry| match &entry.what {
            Happened::Seen(What::Heard { text, .. }) if entry.call_id.as_deref() == Some(call_id) => {
                Some(text)
            }
            _ => None,
        });
        heard.next().unwrap()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A script that pays and then says `thanks` (an expression).
fn paying(imports: &str, thanks: &str) -> String {
    format!(
        "{imports}\ncall.answer();\n\
         call.pay(#{{ payment_connector_url: \"https://example.com/pay\", charge_amount: \"1.00\" }}).wait();\n\
         call.say({thanks});\ncall.hangup();\n"
    )
}

#[test]
fn calls_end_with_the_version_they_began_with() {
    let mut bench = Bench::new(&[("main.rhai", &paying("", "\"old\""))]);
    let first = bench.dial();
    bench.until_paying(1);
    bench.save("main.rhai", &paying("", "`new ${script.version}`"));
    assert_eq!(bench.reloaded(), "version 2");
    let second = bench.dial();
    bench.until_over();
    assert_eq!((bench.last_heard(&first), bench.last_heard(&second)), ("old", "new 2"));
}

#[test]
fn a_broken_save_leaves_the_last_good_version() {
    let mut bench = Bench::new(&[("main.rhai", &paying("", "\"good\""))]);
    let first = bench.dial();
    bench.until_paying(1);
    bench.save("main.rhai", "call.answer(;");
    assert_eq!(bench.reloaded(), "syntax");
    let second = bench.dial();
    bench.until_over();
    assert_eq!((bench.last_heard(&first), bench.last_heard(&second)), ("good", "good"));
    bench.save("main.rhai", &paying("", "\"repaired\""));
    assert_eq!(bench.reloaded(), "version 2");
    let third = bench.dial();
    bench.until_over();
    assert_eq!(bench.last_heard(&third), "repaired");
}

#[test]
fn imported_files_reload_like_the_script() {
    let import = "import \"words\" as words;";
    let mut bench = Bench::new(&[
        ("main.rhai", &paying(import, "words::thanks()")),
        ("words.rhai", "fn thanks() { \"old\" }"),
    ]);
    let first = bench.dial();
    bench.until_paying(1);
    bench.save("words.rhai", "fn thanks() { \"new\" }");
    assert_eq!(bench.reloaded(), "version 2");
    let second = bench.dial();
    bench.until_paying(2);
    bench.save("words.rhai", "fn thanks() { \"new }");
    assert_eq!(bench.reloaded(), "syntax");
    let third = bench.dial();
    bench.until_over();
    assert_eq!(bench.last_heard(&first), "old");
    assert_eq!((bench.last_heard(&second), bench.last_heard(&third)), ("new", "new"));
}

#[test]
fn a_new_import_is_watched_from_its_first_use() {
    let mut bench = Bench::new(&[("main.rhai", &paying("", "\"alone\""))]);
    bench.save("words.rhai", "fn thanks() { \"imported\" }");
    bench.save("main.rhai", &paying("import \"words\" as words;", "words::thanks()"));
    assert_eq!(bench.reloaded(), "version 2");
    bench.save("words.rhai", "fn thanks() { \"changed\" }");
    assert_eq!(bench.reloaded(), "version 3");
    let call = bench.dial();
    bench.until_over();
    assert_eq!(bench.last_heard(&call), "changed");
}
