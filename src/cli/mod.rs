//! The command line: one file per verb. Only this module and `progress` speak to the terminal.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the command line is where output belongs"
)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Result;
use crate::registry::Registry;

mod against;
mod baseline;
mod compare;
mod curve;
mod gate;
mod gold;
mod inject;
mod list;
mod metric;
mod pipe;
mod predict;
mod rank;
mod recommend;
mod report;
mod run;
mod schema;
mod score;
mod score_tags;
mod select;
mod show;
mod sides;
mod tag;
mod time;
mod train;
mod words;
mod worker;

/// Measures how well and how fast dedup, entity and garble-detection algorithms clean a text corpus, against hand-labelled gold.
#[derive(Debug, Parser)]
#[command(name = "karat", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make, check, compare and exchange datasets
    Gold(gold::Args),
    /// List algorithms and their parameters
    List(list::Args),
    /// Predict, score and write the reports
    Run(run::Args),
    /// Measure throughput and peak memory
    Time(time::Args),
    /// Run one algorithm on any corpus, without gold
    Predict(Box<predict::Args>),
    /// Damage a clean corpus and write it as a dataset with exact garble labels
    Inject(inject::Args),
    /// Score predictions made elsewhere
    Score(score::Args),
    /// Show one item in context, gold and predictions side by side
    Show(show::Args),
    /// Render the committed reports as Markdown
    Report(report::Args),
    /// Recompute metrics from raw data: one JSON case a line on standard input, its values a line on standard output
    Metric(metric::Args),
    /// Score tag columns as seqeval, conlleval or nervaluate do
    ScoreTags(score_tags::Args),
    /// Tag CoNLL columns with a recognizer, for tools that read such columns
    Tag(tag::Args),
    /// Train a model from CoNLL columns
    Train(train::Args),
    /// Compare two reports, baselines or variants: what changed, which items, is it proven
    Compare(compare::Args),
    /// Fail when the reports are worse than a baseline
    Gate(gate::Args),
    /// Save, list and remove baselines
    Baseline(baseline::Args),
    /// Rank variants, with tie groups and frontiers
    Rank(rank::Args),
    /// Recommend a deduper and its threshold: chosen on one part of the gold, reported on the other
    Recommend(Box<recommend::Args>),
    /// Print the precision-recall curve of an algorithm, or the S-curve of a banding
    Curve(curve::Args),
    /// Explain the columns of the CSV files
    Schema(schema::Args),
    /// Carry out one job from standard input (started by karat itself)
    #[command(hide = true)]
    Worker(worker::Args),
}

impl Command {
    /// True for verbs that write to the standard input of other processes.
    const fn starts_processes(&self) -> bool {
        matches!(
            self,
            Self::Run(_) | Self::Time(_) | Self::Recommend(_) | Self::Worker(_)
        )
    }
}

/// Parses the arguments of this process and carries them out with the given algorithms.
pub fn main(registry: &Registry) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    if !cli.command.starts_processes() {
        pipe::end_when_closed();
    }
    match dispatch(cli.command, registry) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("karat: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn dispatch(command: Command, registry: &Registry) -> Result<u8> {
    match command {
        Command::Gold(args) => gold::run(&args),
        Command::List(args) => list::run(&args, registry),
        Command::Run(args) => run::run(&args, registry),
        Command::Time(args) => time::run(&args, registry),
        Command::Predict(args) => predict::run(&args, registry),
        Command::Inject(args) => inject::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Metric(args) => metric::run(&args),
        Command::ScoreTags(args) => score_tags::run(&args),
        Command::Tag(args) => tag::run(&args, registry),
        Command::Train(args) => train::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Gate(args) => gate::run(&args, registry),
        Command::Baseline(args) => baseline::run(&args),
        Command::Rank(args) => rank::run(&args),
        Command::Recommend(args) => recommend::run(&args, registry),
        Command::Curve(args) => curve::run(&args, registry),
        Command::Schema(args) => schema::run(&args),
        Command::Worker(args) => worker::run(&args, registry),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn clap_finds_no_fault_in_the_definition() {
        super::Cli::command().debug_assert();
    }
}
