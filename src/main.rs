//! The `karat` binary: the built-in algorithms behind the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    karat::cli::main(&karat::registry::Registry::builtin())
}
