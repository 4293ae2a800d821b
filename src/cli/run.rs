//! `run`: answers calls while the script is being written; simulated ones when there is no account.

use super::args::RunArgs;
use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::{Invocation, LogHabit};
use super::scripts::Scripts;
use super::serve::{Service, serve};
use super::simulate::simulate;

/// See the module.
pub fn run(args: &RunArgs, invocation: &Invocation) -> Result<ExitCode, Failure> {
    let mut config = invocation.config()?;
    let scripts = Scripts::new(args.scripts.iter().cloned())?;
    match config.credentials.take() {
        Some(credentials) => {
            let format = invocation.start_log(LogHabit::Text)?;
            serve(invocation, Service { config, credentials, scripts, watch: true, log_calls: true, format })
        }
        None => {
            invocation.start_log(LogHabit::Calm)?;
            simulate(&args.simulate, invocation, &config, &scripts)
        }
    }
}
