use proptest::prelude::*;

use super::*;

#[test]
fn the_copy_that_stays_is_first_longest_or_cleanest() {
    let seen = [(10, 0.5), (30, 0.2), (20, 0.1), (20, 0.1), (5, 0.0)]
        .map(|(bytes, flagged)| Seen { bytes, flagged });
    let clusters = [0, 0, 0, 0, 4];
    assert_eq!(choose(&clusters, &seen, Keep::First), [0, 0, 0, 0, 4]);
    assert_eq!(choose(&clusters, &seen, Keep::Longest), [1, 1, 1, 1, 4]);
    assert_eq!(choose(&clusters, &seen, Keep::Cleanest), [2, 2, 2, 2, 4]);
}

proptest! {
    #[test]
    fn one_of_each_cluster_stays(labels in prop::collection::vec(0u32..8, 1..30), lengths in prop::collection::vec(0usize..50, 30)) {
        // Canonical labels: the smallest member names its cluster.
        let clusters: Vec<u32> = labels.iter().map(|label| labels.iter().position(|l| l == label).unwrap() as u32).collect();
        let seen: Vec<Seen> = lengths.iter().map(|&bytes| Seen { bytes, flagged: 0.0 }).collect();
        for keep in [Keep::First, Keep::Longest, Keep::Cleanest] {
            let kept = choose(&clusters, &seen, keep);
            for (index, &keeper) in kept.iter().enumerate() {
                prop_assert_eq!(clusters[keeper as usize], clusters[index]);
                prop_assert_eq!(kept[keeper as usize], keeper);
            }
        }
    }
}
