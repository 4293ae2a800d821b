//! The exit codes. They are part of the interface: none is ever used for something else.

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// All went well.
    Ok = 0,
    /// A test, a check or a simulated call failed.
    Failed = 1,
    /// The command line or a setting makes no sense.
    Usage = 2,
    /// A script does not compile.
    Compile = 3,
    /// RELAY refused the credentials.
    Refused = 4,
    /// RELAY cannot be reached.
    Unreachable = 5,
    /// Calls were cut because the drain deadline passed.
    CutCalls = 6,
    /// Interrupted while calls were live.
    Interrupted = 130,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_the_documented_ones() {
        let codes = [
            (ExitCode::Ok, 0),
            (ExitCode::Failed, 1),
            (ExitCode::Usage, 2),
            (ExitCode::Compile, 3),
            (ExitCode::Refused, 4),
            (ExitCode::Unreachable, 5),
            (ExitCode::CutCalls, 6),
            (ExitCode::Interrupted, 130),
        ];
        for (code, number) in codes {
            assert_eq!(code as u8, number);
        }
    }
}
