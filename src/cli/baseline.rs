//! `karat baseline save|list|rm`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::baseline;
use crate::compare::reports::Reports;
use crate::error::Result;

/// Arguments of `karat baseline`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the baselines
    #[arg(long, default_value = "baselines", value_name = "DIR", global = true)]
    baselines: PathBuf,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Save the reports under a name
    Save {
        /// Name
        name: String,
        /// Folder of the reports
        #[arg(long, default_value = "reports", value_name = "DIR")]
        reports: PathBuf,
        /// Replace a baseline of this name
        #[arg(long)]
        force: bool,
    },
    /// List baselines with what they hold
    List,
    /// Remove a baseline
    Rm {
        /// Name
        name: String,
    },
}

pub(super) fn run(args: &Args) -> Result<u8> {
    match &args.action {
        Action::Save {
            name,
            reports,
            force,
        } => {
            let folder = baseline::save(&args.baselines, name, reports, *force)?;
            println!(
                "saved {}; commit it, then `karat gate --baseline {name}`",
                folder.display()
            );
        }
        Action::List => {
            for name in baseline::list(&args.baselines)? {
                let reports = Reports::read(&baseline::folder(&args.baselines, &name)?)?;
                let first = reports.quality.first();
                println!(
                    "{name:<20} {} {} {} variants",
                    first.map_or("", |row| &row.dataset),
                    first.map_or("", |row| &row.gold_digest),
                    reports.variants().len()
                );
            }
        }
        Action::Rm { name } => {
            baseline::remove(&args.baselines, name)?;
            println!("removed {name}");
        }
    }
    Ok(0)
}
