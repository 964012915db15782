//! Where tests find the public labelled data, which is not part of the repository.

use std::path::PathBuf;

/// The folder that `KARAT_DATA` names; `None` without it, and then the test says that it is skipped.
///
/// # Panics
/// When `KARAT_REQUIRE_DATA` is set and the data are not there: a check that has to run must not pass by being skipped.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("KARAT_DATA").map(PathBuf::from);
    if folder.is_none() {
        assert!(
            std::env::var_os("KARAT_REQUIRE_DATA").is_none(),
            "KARAT_REQUIRE_DATA is set, but KARAT_DATA is not"
        );
        println!("skipped: KARAT_DATA is not set");
    }
    folder
}
