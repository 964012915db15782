//! The overlap table of two clusterings, sparse: the only pass over items; every cluster metric is computed from it.

use rustc_hash::FxHashMap;

/// How many items a key cluster and a response cluster share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Dense number of the response cluster.
    pub response: u32,
    /// Items in both, at least 1.
    pub count: u32,
}

/// Sizes of all clusters and the cells in which they overlap, by key cluster.
///
/// Clusters are numbered in order of first appearance, so that the table does not depend on the labels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OverlapTable {
    /// Items in each key cluster, those on the key side only included.
    pub key_sizes: Vec<u32>,
    /// Items in each response cluster, those on the response side only included.
    pub response_sizes: Vec<u32>,
    /// Items on both sides.
    pub common: u64,
    offsets: Vec<usize>,
    cells: Vec<Cell>,
}

impl OverlapTable {
    /// Counts the overlaps. Item `i` is in key cluster `key[i]` and response cluster `response[i]`; `None` = not on that side.
    /// Where one list is shorter, its missing end is `None`.
    pub fn new(key: &[Option<u32>], response: &[Option<u32>]) -> Self {
        let mut keys = Numbering::default();
        let mut responses = Numbering::default();
        let mut pairs = Vec::with_capacity(key.len().min(response.len()));
        for item in 0..key.len().max(response.len()) {
            let key = key.get(item).copied().flatten().map(|label| keys.of(label));
            let response = response
                .get(item)
                .copied()
                .flatten()
                .map(|label| responses.of(label));
            if let (Some(key), Some(response)) = (key, response) {
                pairs.push(u64::from(key) << 32 | u64::from(response));
            }
        }
        pairs.sort_unstable();
        let mut table = Self {
            key_sizes: keys.sizes,
            response_sizes: responses.sizes,
            common: pairs.len() as u64,
            offsets: vec![0],
            cells: Vec::new(),
        };
        let mut at = 0;
        for row in 0..table.key_sizes.len() as u64 {
            while let Some(&pair) = pairs.get(at).filter(|&&pair| pair >> 32 == row) {
                let count = pairs[at..].iter().take_while(|&&same| same == pair).count();
                table.cells.push(Cell {
                    response: pair as u32,
                    count: count as u32,
                });
                at += count;
            }
            table.offsets.push(table.cells.len());
        }
        table
    }

    /// All cells, by key cluster and then by response cluster.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The rows: size of the key cluster and its cells.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &[Cell])> {
        self.key_sizes
            .iter()
            .zip(self.offsets.windows(2))
            .map(|(&size, ends)| (size, &self.cells[ends[0]..ends[1]]))
    }

    /// Every cell with the sizes of its key and response cluster.
    pub fn sized_cells(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        self.rows().flat_map(move |(size, cells)| {
            cells
                .iter()
                .map(move |cell| (cell.count, size, self.response_size(*cell)))
        })
    }

    /// Items in the response cluster of a cell.
    pub fn response_size(&self, cell: Cell) -> u32 {
        self.response_sizes
            .get(cell.response as usize)
            .copied()
            .unwrap_or_default()
    }

    /// Items in the key.
    pub fn key_items(&self) -> u64 {
        self.key_sizes.iter().copied().map(u64::from).sum()
    }

    /// Items in the response.
    pub fn response_items(&self) -> u64 {
        self.response_sizes.iter().copied().map(u64::from).sum()
    }

    /// Items on either side.
    pub fn items(&self) -> u64 {
        self.key_items() + self.response_items() - self.common
    }

    /// Pairs of items that share a cluster: on both sides, in the key, in the response.
    pub fn pairs(&self) -> (u64, u64, u64) {
        let sum = |sizes: &[u32]| sizes.iter().copied().map(u64::from).map(pairs).sum();
        let both = self.cells.iter().map(|cell| pairs(cell.count.into())).sum();
        (both, sum(&self.key_sizes), sum(&self.response_sizes))
    }
}

/// Unordered pairs among `n` items.
pub(super) fn pairs(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

/// Numbers labels densely and counts them.
#[derive(Default)]
struct Numbering {
    dense: FxHashMap<u32, u32>,
    sizes: Vec<u32>,
}

impl Numbering {
    fn of(&mut self, label: u32) -> u32 {
        let sizes = &mut self.sizes;
        let number = *self.dense.entry(label).or_insert_with(|| {
            sizes.push(0);
            sizes.len() as u32 - 1
        });
        sizes[number as usize] += 1;
        number
    }
}
