//! `start`: answers calls in production.

use super::args::StartArgs;
use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::{Invocation, LogHabit};
use super::scripts::Scripts;
use super::serve::{Service, serve};

/// See the module.
pub fn start(args: &StartArgs, invocation: &Invocation) -> Result<ExitCode, Failure> {
    let format = invocation.start_log(LogHabit::Json)?;
    let mut config = invocation.config()?;
    let credentials = config.credentials.take().ok_or(Failure::NoCredentials)?;
    let scripts = Scripts::new(args.scripts.iter().cloned())?;
    serve(invocation, Service { config, credentials, scripts, watch: args.watch, log_calls: false, format })
}
