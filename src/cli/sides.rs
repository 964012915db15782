//! Sides of a comparison as a user names them: a report folder, a baseline, or a variant of one run.

use std::path::{Path, PathBuf};

use crate::baseline;
use crate::compare::reports::Reports;
use crate::error::{Error, Result};

/// Where sides are looked up.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Places {
    /// Folder of the reports in which variants are looked up
    #[arg(long, default_value = "reports", value_name = "DIR")]
    pub(super) reports: PathBuf,
    /// Folder of the baselines
    #[arg(long, default_value = "baselines", value_name = "DIR")]
    pub(super) baselines: PathBuf,
}

/// One side: its records, and the variant if a single one was named.
pub(super) struct Side {
    pub(super) reports: Reports,
    pub(super) variant: bool,
}

impl Places {
    /// A folder with quality.csv, else a baseline, else a variant of the reports.
    pub(super) fn side(&self, name: &str) -> Result<Side> {
        let folder = Path::new(name);
        if folder.is_dir() {
            return Ok(Side {
                reports: Reports::read(folder)?,
                variant: false,
            });
        }
        if let Ok(saved) = baseline::folder(&self.baselines, name)
            && saved.is_dir()
        {
            return Ok(Side {
                reports: Reports::read(&saved)?,
                variant: false,
            });
        }
        if !self.reports.join("quality.csv").is_file() {
            let problem = "is neither a report folder nor a baseline";
            return Err(Error::invalid(
                name,
                problem,
                "see `karat baseline list`, or make reports with `karat run`",
            ));
        }
        let all = Reports::read(&self.reports)?;
        match all.only(name) {
            Some(reports) => Ok(Side {
                reports,
                variant: true,
            }),
            None => {
                let known = [baseline::list(&self.baselines)?, all.variants()]
                    .concat()
                    .join(", ");
                Err(Error::invalid(
                    name,
                    "is no report folder, baseline or variant",
                    format!("known: {known}"),
                ))
            }
        }
    }
}
