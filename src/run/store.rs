//! Finished answers on disk, keyed by everything that they depend on, so that an interrupted run can be resumed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::record::write_whole;
use crate::run::provenance::TOOL;
use crate::worker::serve::{write_job, write_reply};
use crate::worker::{Job, Reply, reply};

/// A folder of answers.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Opens the store in `folder`; without `resume` what an earlier run left is forgotten.
    ///
    /// # Errors
    /// When the folder cannot be made or emptied.
    pub fn open(folder: &Path, resume: bool) -> Result<Self> {
        if !resume && folder.exists() {
            fs::remove_dir_all(folder).map_err(|e| Error::io("emptying", folder, e))?;
        }
        fs::create_dir_all(folder).map_err(|e| Error::io("creating", folder, e))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// The answer to this very job by this very version, if it was kept whole.
    pub fn get(&self, job: &Job, version: u32) -> Option<Reply> {
        let text = fs::read_to_string(self.path(job, version)).ok()?;
        reply::parse(job, &text).ok()
    }

    /// Keeps an answer. A store that cannot be written costs a repetition later, not the run.
    pub fn put(&self, job: &Job, version: u32, reply: &Reply) {
        let mut bytes = br#"{"ready":{"protocol":1,"algorithm":""}}"#.to_vec();
        bytes.push(b'\n');
        if write_reply(&mut bytes, reply).is_ok() {
            let _ = write_whole(&self.path(job, version), &bytes);
        }
    }

    /// One file per job: the digest of all that the job says (texts, training, parameters, seed), of the algorithm's version
    /// and of the tool's.
    fn path(&self, job: &Job, version: u32) -> PathBuf {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{TOOL}\n{version}\n").as_bytes());
        // Hashing cannot fail.
        let _ = write_job(&mut hasher, job);
        self.folder
            .join(format!("{}.ndjson", &hasher.finalize().to_hex()[..32]))
    }
}
