//! Errors that say where, what and how to mend it.
//!
//! Two kinds reach a user: [`Error::Invalid`] for anything the user can mend (arguments, configuration, gold, predictions,
//! baselines), which carries every fault found and not only the first, and [`Error::Io`] for the operating system's refusals.

use std::fmt;
use std::path::{Path, PathBuf};

/// What every fallible function of the library returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing wrong with the input: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// File (or other source such as `--filter`) in which the fault stands.
    pub place: String,
    /// Line in that file, counted from 1; `None` when the fault concerns the whole.
    pub line: Option<u64>,
    /// What is wrong, as a lower-case sentence without full stop.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Fault {
    /// A fault in a whole file or source.
    pub fn new(
        place: impl fmt::Display,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            place: place.to_string(),
            line: None,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// A fault in one line of a file.
    pub fn at(
        path: &Path,
        line: u64,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            line: Some(line),
            ..Self::new(path.display(), problem, remedy)
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.place, self.problem)?,
            None => write!(f, "{}: {}", self.place, self.problem)?,
        }
        if !self.remedy.is_empty() {
            write!(f, "\n    remedy: {}", self.remedy)?;
        }
        Ok(())
    }
}

/// A failure, with the exit code that it means.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user's input is at fault; every fault that was found. Exit code 2.
    #[error("{}", list(.0))]
    Invalid(Vec<Fault>),
    /// The operating system refused. Exit code 1.
    #[error("{}: {action} failed: {source}", path.display())]
    Io {
        /// What was being done, as a noun (`reading`, `writing`).
        action: &'static str,
        /// The file or folder concerned.
        path: PathBuf,
        /// The system's own reason.
        source: std::io::Error,
    },
    /// Something that should not happen. Exit code 1.
    #[error("internal error: {0}")]
    Internal(String),
    /// Stopped by a signal (its number); what was finished is on disk. Exit code 128 + the number.
    #[error("stopped by signal {0}")]
    Interrupted(i32),
}

impl Error {
    /// One fault in a source.
    pub fn invalid(
        place: impl fmt::Display,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Invalid(vec![Fault::new(place, problem, remedy)])
    }

    /// Wraps a system error with what was being done to which path. A missing file is the user's to mend.
    pub fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        if action == "reading" && source.kind() == std::io::ErrorKind::NotFound {
            return Self::invalid(path.display(), "no such file or folder", "check the path");
        }
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// The process exit code of DESIGN: 1 internal or I/O, 2 invalid input, 128 + n on signal n.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Invalid(_) => 2,
            Self::Io { .. } | Self::Internal(_) => 1,
            Self::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}

fn list(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// `Ok` when there are no faults, else all of them in order of place and line.
pub fn all_or_nothing(mut faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    faults.sort();
    faults.dedup();
    Err(Error::Invalid(faults))
}
