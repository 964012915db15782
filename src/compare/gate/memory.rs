//! Peak memory in the gate.

use std::collections::BTreeMap;

use super::Memory;
use crate::compare::Compared;
use crate::compare::decision::Decision;
use crate::compare::reports::Reports;
use crate::compare::row::CompareRow;
use crate::record::ThroughputRow;

/// Metric name of memory rows.
pub const PEAK: &str = "peak_bytes";

/// Peak memory per machine, variant and input, where both sides have it; where only the base has it, it is missing.
pub(super) fn memory_rows(base: &Reports, head: &Reports, limits: Memory) -> Vec<Compared> {
    let mut rows = Vec::new();
    for (machine, of_base) in &base.throughput {
        let of_base = peaks(of_base);
        let of_head = head
            .throughput
            .get(machine)
            .map(|rows| peaks(rows))
            .unwrap_or_default();
        for (key, before) in of_base {
            let after = of_head.get(&key).copied();
            let [task, level, variant, seed, input] = key;
            let delta = after.map(|after| after - before);
            let too_much = delta.is_some_and(|delta| {
                delta > limits.absolute * f64::from(1 << 20) && delta > limits.relative * before
            });
            let decision = match delta {
                None => Decision::Inconclusive,
                Some(_) if too_much => Decision::ChangedWorse,
                Some(_) => Decision::Unchanged,
            };
            let reason = match delta {
                None => "the head was not timed on this machine".to_owned(),
                Some(_) => format!(
                    "may grow by {} MiB or {} %, whichever is more",
                    limits.absolute,
                    limits.relative * 100.0
                ),
            };
            let row = CompareRow {
                task,
                level,
                base_variant: variant.clone(),
                head_variant: if after.is_some() {
                    variant
                } else {
                    String::new()
                },
                seed,
                slice: format!("input={input}"),
                match_rule: machine.clone(),
                metric: PEAK.to_owned(),
                base: Some(before),
                head: after,
                delta,
                ratio: after.map(|after| after / before),
                tolerance: Some(limits.relative),
                decision: decision.name().to_owned(),
                reason,
                ..CompareRow::empty()
            };
            rows.push(Compared {
                row,
                decision,
                changes: Vec::new(),
                failed: false,
            });
        }
    }
    rows
}

/// Largest peak by task, level, variant, seed and input.
fn peaks(rows: &[ThroughputRow]) -> BTreeMap<[String; 5], f64> {
    let mut peaks = BTreeMap::new();
    for row in rows.iter().filter(|row| row.status == "ok") {
        let Some(peak) = row.peak_bytes.filter(|&peak| peak > 0) else {
            continue;
        };
        let variant = crate::record::variant_name(&row.algorithm, &row.params);
        let key = [
            row.task.clone(),
            row.level.clone(),
            variant,
            row.seed.clone(),
            row.input.clone(),
        ];
        let largest: &mut f64 = peaks.entry(key).or_default();
        *largest = largest.max(peak as f64);
    }
    peaks
}
