//! The words of `test`.

use std::path::PathBuf;

use clap::Args;

use crate::testing::faults::Fault;

/// `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Test files, and folders with files named *.test.rhai
    #[arg(value_name = "PATHS", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Only cases whose file::name contains TEXT
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Run cases on N threads; without it, one for each processor
    #[arg(long, value_name = "N", value_parser = parse_jobs)]
    pub jobs: Option<usize>,
    /// Begin all ids here: the same seed gives the same calls
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Print what tests print, also of those that pass
    #[arg(long)]
    pub nocapture: bool,
    /// Record the transcripts that tests expect
    #[arg(long)]
    pub update: bool,
    /// Run every case again with each fault at each frame
    #[arg(long, conflicts_with_all = ["update", "nocapture", "coverage", "lcov", "junit", "watch"])]
    pub faults: bool,
    /// Run every case again with this fault, such as drop@7, and show the conversation
    #[arg(long, value_name = "SPEC", conflicts_with_all = ["faults", "update", "nocapture", "coverage", "lcov", "junit", "watch"])]
    pub fault: Option<Fault>,
    /// List the lines of the scripts that no case ran
    #[arg(long)]
    pub coverage: bool,
    /// Write which lines of the scripts ran to FILE, as lcov has it
    #[arg(long, value_name = "FILE")]
    pub lcov: Option<PathBuf>,
    /// Write the results to FILE, as JUnit has them
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Stay, and run again what a change of a file touches
    #[arg(long, conflicts_with_all = ["coverage", "lcov", "junit"])]
    pub watch: bool,
    /// Print the results as JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

fn parse_jobs(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|jobs| (1..=256).contains(jobs)).ok_or("expected a number from 1 to 256")
}
