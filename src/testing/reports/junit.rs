//! Results as JUnit XML, for the services that run tests: a suite for each test file, in the order of the run.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::text;
use crate::testing::case::CaseResult;
use crate::testing::suite::BrokenSuite;

/// Takes results as they come.
pub struct Junit {
    report: Report,
}

impl Default for Junit {
    fn default() -> Self {
        Self { report: Report::new("relay-script") }
    }
}

impl Junit {
    /// A case is over, and took so much real time.
    pub fn case(&mut self, result: &CaseResult, took: Duration) {
        let mut case = TestCase::new(result.case.name.as_str(), status(result));
        case.set_classname(result.file.as_str()).set_time(took);
        case.extra.insert("file".into(), result.file.as_str().into());
        case.extra.insert("line".into(), result.case.line.to_string().into());
        if !result.printed.is_empty() {
            case.set_system_out(result.printed.join("\n"));
        }
        let is_last = self.report.test_suites.last().is_some_and(|suite| suite.name.as_str() == result.file);
        if !is_last {
            self.report.add_test_suite(TestSuite::new(result.file.as_str()));
        }
        if let Some(suite) = self.report.test_suites.last_mut() {
            suite.time = Some(suite.time.unwrap_or_default() + took);
            suite.add_test_case(case);
        }
    }

    /// A test file cannot be run: an error, in the place of its cases.
    pub fn broken(&mut self, broken: &BrokenSuite) {
        let file = broken.path.display().to_string();
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        if let Some(fault) = broken.faults.first() {
            status.set_type(fault.code).set_message(fault.to_string());
        }
        status.set_description(text::broken(broken, false));
        let mut case = TestCase::new("the file can be run", status);
        case.set_classname(file.as_str());
        case.extra.insert("file".into(), file.as_str().into());
        let mut suite = TestSuite::new(file);
        suite.add_test_case(case);
        self.report.add_test_suite(suite);
    }

    /// The document, after a run that took so long.
    ///
    /// # Errors
    /// The document cannot be written as XML.
    pub fn document(mut self, took: Duration) -> io::Result<String> {
        self.report.set_time(took);
        let (mut tests, mut failures, mut errors) = (0, 0, 0);
        for suite in &self.report.test_suites {
            tests += suite.tests;
            failures += suite.failures;
            errors += suite.errors;
        }
        (self.report.tests, self.report.failures, self.report.errors) = (tests, failures, errors);
        self.report.to_string().map_err(io::Error::other)
    }
}

fn status(result: &CaseResult) -> TestCaseStatus {
    let Some(first) = result.failures.first() else { return TestCaseStatus::success() };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let more = result.failures.len() - 1;
    let message = match more {
        0 => first.trouble.message.clone(),
        _ => format!("{} (and {more} more)", first.trouble.message),
    };
    status.set_type(first.trouble.kind).set_message(message);
    status.set_description(text::failures(result, false));
    status
}
