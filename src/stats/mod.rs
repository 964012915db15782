//! Statistics of comparison: intervals, randomization tests, multiple comparisons, paired timing.
