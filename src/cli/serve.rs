//! What `run` and `start` share: shards that answer real calls, until they are told to end.
//!
//! Signals and file events become words to the shards here; how a shard runs is not decided here.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::Invocation;
use super::reload::Loader;
use super::scripts::Scripts;
use crate::config::{Config, Credentials, LogFormat, Secret};
use crate::relay::connector::Connector;
use crate::relay::session::Login;
use crate::report::Report;
use crate::runtime::drive::{Control, Ended};
use crate::runtime::shards::{Built, News, Shards};
use crate::runtime::{Setup, Shard};
use crate::script::host::Limits;
use crate::script::observer::{Log, LogCalls, Observer};
use crate::shutdown::{Request, Requests};
use crate::watch::Watcher;

/// How long the shards have for their last words when the program ends at once.
const FAREWELL: Duration = Duration::from_secs(3);

/// What is to be served.
pub struct Service {
    /// The settings.
    pub config: Config,
    /// Who we are.
    pub credentials: Credentials,
    /// The scripts.
    pub scripts: Scripts,
    /// Whether scripts are reloaded when they are saved.
    pub watch: bool,
    /// Whether each call is logged without being asked for.
    pub log_calls: bool,
    /// How the log is written.
    pub format: LogFormat,
}

/// Answers calls until the end.
pub fn serve(invocation: &Invocation, service: Service) -> Result<ExitCode, Failure> {
    let contexts = service.scripts.assign(invocation.sources.contexts()?.as_deref())?;
    let contexts: Vec<String> = contexts.into_iter().map(|(context, _)| context).collect();
    let connector = Connector::new(&service.config.endpoint.to_string(), service.config.ca_file.as_deref())?;
    announce(&invocation.report, &service, &contexts);
    let (changed, changes) = unbounded_channel();
    // With nobody listening the program is ending.
    let watcher = service
        .watch
        .then(|| {
            Watcher::start(move || {
                let _ = changed.send(());
            })
        })
        .transpose()?;
    let plan = Plan::new(&invocation.report, &service, contexts, watcher.map(Arc::new));
    let office = Office {
        report: Arc::clone(&invocation.report),
        connector,
        shards: Shards::default(),
        waiting: shares(service.config.max_active_calls, service.config.shards),
        plan: Arc::new(plan),
        drain: Control::Drain { limit: service.config.drain_timeout },
        draining: false,
        outcome: None,
    };
    Builder::new_current_thread().enable_all().build()?.block_on(office.run(changes))
}

fn announce(report: &Report, service: &Service, contexts: &[String]) {
    let (url, contexts) = (service.config.endpoint.to_string(), contexts.join(", "));
    match service.format {
        LogFormat::Text => report.status(format!("connecting to {url} for context {contexts}")),
        LogFormat::Json => tracing::info!(url, contexts, shards = service.config.shards, "connecting"),
    }
}

/// How the shards are built. It goes to each of their threads.
struct Plan {
    report: Arc<Report>,
    authentication: Secret,
    contexts: Vec<String>,
    scripts: Scripts,
    limits: Limits,
    format: LogFormat,
    log_calls: bool,
    watcher: Option<Arc<Watcher>>,
    seed: u64,
}

/// One shard of those to come: which one, and how many calls it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    shard: usize,
    max_calls: usize,
}

impl Plan {
    fn new(
        report: &Arc<Report>,
        service: &Service,
        contexts: Vec<String>,
        watcher: Option<Arc<Watcher>>,
    ) -> Self {
        Self {
            report: Arc::clone(report),
            authentication: authentication(&service.credentials),
            contexts,
            scripts: service.scripts.clone(),
            limits: Limits { operations: service.config.max_operations },
            format: service.format,
            log_calls: service.log_calls,
            watcher,
            seed: fastrand::u64(..),
        }
    }

    fn observer(&self) -> Rc<dyn Observer> {
        if self.log_calls { Rc::new(LogCalls) } else { Rc::new(Log) }
    }

    /// Builds a shard, on its thread.
    fn build(&self, share: Share) -> Option<Built> {
        // The first shard watches for all.
        let watcher = self.watcher.clone().filter(|_| share.shard == 0);
        let mut loader = Loader::new(Arc::clone(&self.report), self.format, share.shard, watcher);
        let scripts = loader.load(&self.scripts)?;
        let redactor = Arc::clone(self.report.redactor());
        let setup = Setup {
            login: Login {
                authentication: self.authentication.expose().to_owned(),
                contexts: self.contexts.clone(),
            },
            limits: self.limits,
            max_calls: share.max_calls,
            seed: self.seed.wrapping_add(share.shard as u64),
            observer: self.observer(),
            extension: None,
            on_secret: Some(Box::new(move |state| redactor.add_short_lived(state))),
        };
        Some((Shard::new(setup, scripts), Box::new(move |shard| loader.reload(shard.scripts()))))
    }
}

fn authentication(credentials: &Credentials) -> Secret {
    let fields = match credentials {
        Credentials::Token { project, token } => json!({"project": project, "token": token.expose()}),
        Credentials::Jwt(token) => json!({"jwt_token": token.expose()}),
    };
    Secret::new(fields.to_string())
}

/// Divides the calls of the whole program, the last share first. No shard is there for nothing.
fn shares(max_calls: usize, shards: usize) -> Vec<Share> {
    let shards = shards.min(max_calls).max(1);
    let share =
        |shard| Share { shard, max_calls: max_calls / shards + usize::from(shard < max_calls % shards) };
    (0..shards).rev().map(share).collect()
}

/// The main thread: what comes from outside, and what the shards say.
struct Office {
    report: Arc<Report>,
    connector: Connector,
    plan: Arc<Plan>,
    shards: Shards,
    /// The shards that are not started yet, the next one last.
    waiting: Vec<Share>,
    drain: Control,
    draining: bool,
    /// What is known of how it all ends.
    outcome: Option<Result<ExitCode, Failure>>,
}

impl Office {
    async fn run(mut self, mut changes: UnboundedReceiver<()>) -> Result<ExitCode, Failure> {
        let mut requests = Requests::listen()?;
        // The others follow when the first one has found the scripts in order.
        self.start_next()?;
        loop {
            tokio::select! {
                request = requests.next() => match request {
                    Request::Reload => self.shards.tell(Control::Reload),
                    Request::Drain => self.drain(),
                    Request::Stop => {
                        self.shards.stop(FAREWELL).await;
                        return Ok(ExitCode::Interrupted);
                    }
                },
                Some(()) = changes.recv() => self.shards.tell(Control::Reload),
                news = self.shards.next() => match news {
                    Some(news) => self.hear(news)?,
                    None => return self.outcome.unwrap_or(Ok(ExitCode::Ok)),
                },
            }
        }
    }

    fn start_next(&mut self) -> Result<(), Failure> {
        let Some(share) = self.waiting.pop() else { return Ok(()) };
        let plan = Arc::clone(&self.plan);
        Ok(self.shards.start(self.connector.clone(), move || plan.build(share))?)
    }

    fn hear(&mut self, news: News) -> Result<(), Failure> {
        match news {
            News::Runs if !self.draining => self.start_next()?,
            News::Runs | News::Ended(Ended::Drained | Ended::Stopped) => {}
            News::NotBuilt => self.end(Ok(ExitCode::Compile)),
            News::Panicked => self.end(Err(Failure::Panicked)),
            News::Ended(Ended::Refused) => self.end(Err(Failure::Refused)),
            News::Ended(Ended::Unreachable(error)) => self.end(Err(Failure::Unreachable(error))),
            News::Ended(Ended::Cut(calls)) => {
                self.report.warn(format!("calls cut at the end of the drain timeout: {calls}"));
                self.end(Ok(ExitCode::CutCalls));
            }
        }
        Ok(())
    }

    /// Something went wrong; the shards that still live end in peace.
    fn end(&mut self, outcome: Result<ExitCode, Failure>) {
        self.outcome.get_or_insert(outcome);
        self.drain();
    }

    fn drain(&mut self) {
        if !std::mem::replace(&mut self.draining, true) {
            self.shards.tell(self.drain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_divided_and_no_shard_is_idle() {
        for (max_calls, shards, expected) in
            [(1000, 1, vec![1000]), (10, 3, vec![4, 3, 3]), (2, 4, vec![1, 1])]
        {
            let shares: Vec<_> = shares(max_calls, shards).into_iter().rev().collect();
            let calls: Vec<_> = shares.iter().map(|share| share.max_calls).collect();
            assert_eq!(calls, expected);
            assert!(shares.iter().enumerate().all(|(index, share)| share.shard == index));
        }
    }

    #[test]
    fn credentials_take_the_form_of_the_wire() {
        let token = Credentials::Token { project: "p\"".to_owned(), token: Secret::new("t") };
        assert_eq!(authentication(&token).expose(), r#"{"project":"p\"","token":"t"}"#);
        assert_eq!(authentication(&Credentials::Jwt(Secret::new("j"))).expose(), r#"{"jwt_token":"j"}"#);
    }
}
