//! JUnit XML of a gate: one test case per gated cell; undecided is skipped, not comparable is an error.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::compare::Compared;
use crate::compare::gate::{Ending, Gate};
use crate::error::{Error, Result};
use crate::report::comparison::{cell_name, items, metric_name, number};

/// The XML.
///
/// # Errors
/// A document that cannot be serialised (a defect of karat).
pub fn xml(gate: &Gate) -> Result<String> {
    let mut suite = TestSuite::new("gate");
    for (compared, ending) in gate.gated() {
        let row = &compared.row;
        let mut case = TestCase::new(metric_name(row), status(compared, ending));
        case.set_classname(format!("{}.{}", row.dataset, cell_name(row)));
        suite.add_test_case(case);
    }
    let mut report = Report::new("karat");
    report.add_test_suite(suite);
    report
        .to_string()
        .map_err(|e| Error::Internal(format!("JUnit XML cannot be written: {e}")))
}

fn status(compared: &Compared, ending: Ending) -> TestCaseStatus {
    let row = &compared.row;
    let mut status = match ending {
        Ending::Passed => return TestCaseStatus::success(),
        Ending::Undecided => TestCaseStatus::skipped(),
        Ending::Failed | Ending::VariantFailed => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        Ending::Invalid => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    let values = format!("{} -> {}", number(row.base), number(row.head));
    status.set_message(
        format!("{}: {values} {}", row.decision, row.reason)
            .trim_end()
            .to_owned(),
    );
    status.set_type(row.decision.clone());
    let items = items(std::iter::once(compared));
    if !items.is_empty() {
        status.set_description(items.trim_start().to_owned());
    }
    status
}

#[cfg(test)]
mod tests {
    use crate::compare::gate::{GateConfig, Mode, judge};
    use crate::compare::tests::reports;

    #[test]
    fn failures_carry_items_and_undecided_cells_are_skipped() {
        let (base, head) = (reports("a", &["ttt"]), reports("a", &["ttn"]));
        let config = GateConfig {
            metrics: vec!["recall".into()],
            counters: false,
            ..GateConfig::default()
        };
        insta::assert_snapshot!(super::xml(&judge(&base, &head, &config, false)).unwrap(), @r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="karat" tests="1" skipped="0" failures="1" errors="0">
                <testsuite name="gate" tests="1" skipped="0" errors="0" failures="1">
                    <testcase name="pairs recall" classname="toy.dedup/segment/a">
                        <failure message="changed-worse: 1.0000 -&gt; 0.6667 no inference (K=1)" type="changed-worse">dedup/segment/a pairs: 0 fixed, 1 broken
              broken toy/pair/00-2 (true positive -&gt; false negative) “text of 00-2”
            </failure>
                    </testcase>
                </testsuite>
            </testsuites>
            "#);
        let config = GateConfig {
            mode: Mode::ProvenWorse,
            ..config
        };
        insta::assert_snapshot!(super::xml(&judge(&base, &head, &config, false)).unwrap(), @r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="karat" tests="1" skipped="1" failures="0" errors="0">
                <testsuite name="gate" tests="1" skipped="1" errors="0" failures="0">
                    <testcase name="pairs recall" classname="toy.dedup/segment/a">
                        <skipped message="inconclusive: 1.0000 -&gt; 0.6667 worse on this gold, not proven over stories; no inference (K=1)" type="inconclusive">dedup/segment/a pairs: 0 fixed, 1 broken
              broken toy/pair/00-2 (true positive -&gt; false negative) “text of 00-2”
            </skipped>
                    </testcase>
                </testsuite>
            </testsuites>
            "#);
    }
}
